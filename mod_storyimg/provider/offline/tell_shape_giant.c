/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

/* The unlikely friend: everybody is afraid of something huge that is afraid of everybody. k1 what is heard,
 * k2 its name, k3 for the painter. */
const simg_tell_shape simg_tell_shape_giant = {
    .hints = "giant big huge tiny small little afraid scared shy monster friend friendship troll elephant "
             "dinosaur bear lonely",
    .titles = "[The Very Shy Giant|{name} and the Very Shy Giant|Somebody Big Behind the Hill|The Giant Who "
              "Said Excuse Me|Quietly Now, Says {k2}]",
    .pitch = "{Inplace} something goes {k1}, and nobody dares to look. {name} and {friend}, {afriend}, do "
             "look, and meet the largest and shyest person they have ever known.",
    .goal = "find out who goes {k1}",
    .other = "{k2}",
    .without = "giant",
    .kinds = {
        { "boom, boom, excuse me", "Hubert", "a gentle giant with a green hat" },
        { "bom, bom, sorry", "Odalind", "a gentle giant with long red hair" },
        { "doom, doom, hiccup", "Bartolo", "a gentle giant with a brown beard" },
        { "thump, thump, oops", "Wilma", "a gentle giant with a blue scarf" },
    },
    .beats = {
        [SIMG_TELL_TINY] = {
            "“Do you hear that?” said {friend}, {afriend}. It went {k1}. Who was it? It was a giant. The "
            "giant was called {k2}, and hid behind a tree.\n{idea} {act} And {k2} came out, and smiled a "
            "big, big smile. Then it was night. “Good night,” whispered {k2}, very softly, and {name} "
            "was asleep.",
            "{Inplace} something went {k1}, and nobody dared to look. {name} went, and {afriend} called "
            "{friend} went too. Behind the hill sat a giant by the name of {k2}, trying hard to be "
            "small.\n“Don't be frightened of me,” said {k2}, “because I'm frightened of you.” {idea} "
            "{act} And a laugh came down from above, so deep that the daisies shook. That night it went {k1} "
            "again, but now everyone knew who it was, and it was like a lullaby.",
            NULL,
            "{Pscene} at sunset under a pink sky. {name} is {pose} in front of {k3}, who is sitting and "
            "smiling. {Afriend} is beside {name}." },
        [SIMG_TELL_OPENING] = {
            "One day {name} heard something {inplace}. It went {k1}! “Who is that?” said {afriend}. It "
            "was {friend}{own}. “Let's go and see,” said {name}. “On tiptoe. Tip, tip, tip.”",
            "{Inplace}, something had been heard. It went: {k1}. People had begun to shut their windows and "
            "to speak of a monster. {landmark} “A monster wouldn't say that,” said {name}. “That's "
            "what I think,” said a voice {spot}. It was {afriend} called {friend}, {habit}. “But I'd "
            "rather think it with somebody else there.”",
            "So they thought it together, and then, since thinking about it was no use, they went to look.",
            "{Pscene} in the morning, {weather}. {name} is standing and listening next to {afriend}. "
            "{lscene}" },
        [SIMG_TELL_TROUBLE] = {
            "They saw a big, big shoe. They saw another big, big shoe. “Who has such big feet?” said "
            "{friend}. It went {k1}!",
            "The first thing they found was a puddle in the shape of a shoe, with a duck living in the heel. "
            "The second was a handkerchief on a tree, as large as a sail, with a hem sewn in tiny, careful "
            "stitches. “Whoever it is,” said {name}, “is very big and very tidy.” Just then it went, "
            "quite close: {k1}.",
            "{friend} discovered {name}'s hand in {fhis} own, and decided that it had probably been {name}'s "
            "idea.",
            "{Pscene} at midday, {weather}. {name} is standing beside a big puddle with a yellow duck. "
            "{Afriend} is hiding behind {name}. A big white cloth hangs on a tree." },
        [SIMG_TELL_SECOND] = {
            "It went {k1}! {friend} jumped. {name} jumped. Hop! “I am not scared,” said {friend}. “Me "
            "neither,” said {name}. Hop!",
            "On the way {ahelper} came running towards them. “Turn back!” cried {helper}. “It's as "
            "tall as a house, and its teeth are like doors!” “Did you see it?” asked {name}. “No,” "
            "said {helper}, “but my cousin knows somebody who ran away before it came.” {name} thanked "
            "{helper} politely, and they went on.",
            "“That,” said {friend}, “was an eyewitness who had kept both eyes shut.”",
            "{Pscene} in the afternoon, {weather}. {Ahelper} is running towards {name}, who is standing "
            "calmly next to {afriend}." },
        [SIMG_TELL_IDEA] = {
            "There sat a giant! The giant was called {k2}. And {k2} was shy, and hid behind two hands. "
            "{idea}",
            "And there, where the ground was widest, sat a giant, with knees drawn up and both hands over "
            "both eyes, in the belief that this made a giant hard to see. “Please don't scream,” said "
            "the giant. “My name is {k2}, and screaming gives me a tummy ache.” “We weren't going "
            "to,” said {name}. {idea}",
            NULL,
            "{Pscene} in the late afternoon, {weather}. {K3} is sitting and hiding behind two hands. {name} "
            "is {stance} in front, next to {afriend}." },
        [SIMG_TELL_TRIAL] = {
            "{act} And {k2}? {k2} looked with one eye. {k2} looked with two eyes. And then {k2} smiled, a "
            "big, big smile!",
            "[One enormous eye looked out between two fingers.|For a while nobody moved, not even the "
            "grass.] {act} Then there was a laugh, and it was so deep that the daisies shook and a pear fell "
            "down of its own accord. “Would you do that again?” asked {k2}, and took both hands away. "
            "{name} did it again. And then {k2} tried it too, very carefully, with one finger, so that "
            "nothing should get broken.",
            "It was the first time in eleven years that {k2} had sat up straight, and it made a noise like a "
            "row of wardrobes.",
            "{Pscene} at sunset under a pink sky. {K3} is sitting and laughing. {name} is {pose} in front of "
            "the giant. {Afriend} is beside {name}." },
        [SIMG_TELL_TURNING] = {
            "Up went {name}. Up went {friend}. They sat on {k2}'s shoulder. They saw everything, everything!",
            "“Would you like to see what I see?” asked {k2}. And up they went, sitting in a hand as wide "
            "as a boat, until {theplace} lay below them like a blanket that somebody had just shaken out. "
            "They could see people coming, first one, then three, then all of them, because nobody who "
            "laughs like that can be a monster. One of them had even brought a cake.",
            NULL,
            "{Pscene} at sunset under an orange sky. {name} and {afriend} are sitting on the hand of {k3}. "
            "Small birds fly around them." },
        [SIMG_TELL_NIGHT] = {
            "Night came. {name} lay in bed. {asked} Outside it went {k1}, but very, very softly. “Good "
            "night, {k2}.” “Good night,” said the night.",
            "That night the windows were left open again. {asked} When it was dark, somebody large went past "
            "the house on the tips of very large toes. It went {k1}, but so softly that it was almost "
            "nothing. “Good night, {k2},” said {name}. The moon was hidden for a moment, as if by "
            "somebody bending down. Then it shone again, and {name} slept.",
            "In the garden next morning there was a new pond, in the shape of a shoe.",
            "A cosy bedroom at night with a big moon outside the window. {name} is sleeping in a bed with a "
            "blue blanket. Outside, {k3} is waving." },
    },
};
