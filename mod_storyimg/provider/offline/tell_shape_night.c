/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

/* The night journey: something that the night needs has not come. k1 what is missing, k2 who has it, k3 for
 * the painter. */
const simg_tell_shape simg_tell_shape_night = {
    .hints = "night sleep dream dark moon star bedtime lullaby sleepy pyjamas lantern goodnight cosmic",
    .titles = "[The Night That Couldn't Begin|{name} and the Late, Late Night|Who Has the Dark?|A Lantern "
              "for {friend}|{name} Fetches the Night]",
    .pitch = "It is long past bedtime, but the night can't begin, because {k1} is missing. So {name} takes a "
             "lantern and goes {toplace} with {friend}, {afriend}, to look for it.",
    .goal = "fetch {k1}",
    .other = "{k2}",
    .without = "bedroom",
    .kinds = {
        { "the first star", "the little star", "a small golden star sitting on the ground" },
        { "the moon's nightcap", "the half-moon", "a yellow half-moon resting on the ground" },
        { "the evening breeze", "the sleepy wind", "a soft white cloud with a friendly face" },
        { "the song of the crickets", "the smallest cricket", "a tiny green cricket on a big leaf" },
    },
    .beats = {
        [SIMG_TELL_TINY] = {
            "{name} could not sleep. It was not dark yet! “Something is missing,” said {friend}, "
            "{afriend}. It was {k1}.\n“Shh, shh, shh,” said {name}, and they went {toplace}. There was "
            "{k3}. {idea} {act} And the night came, soft and blue. Good night, {friend}. Shh, shh, shh.",
            "The night could not begin. Something was missing: {k1}. So {name} took a lantern and went "
            "{toplace}, and {afriend} called {friend} came too.\nThere they found {k2}, which had been "
            "afraid of getting it wrong, in front of everybody. {idea} {act} “Oh well then,” said {k2}, "
            "and began. And the night came down like a blanket, first over the roofs and then over {name}, "
            "who was just in time for it.",
            NULL,
            "{Pscene} at night with stars in the sky. {name} is {pose} and has a yellow lantern. In front is "
            "{k3}. {Afriend} is there too." },
        [SIMG_TELL_OPENING] = {
            "It was late, late, late. But the night did not come. Tap, tap, tap, on the window! It was "
            "{afriend}. It was {friend}{own}. “Come,” said {friend}. “{K1} is missing. Shh, shh, "
            "shh.”",
            "[It was long past bedtime|The clock had struck bedtime twice], but outside it would not get "
            "dark. {landmark} Then something tapped at the window. It was {afriend} called {friend}, "
            "{habit}. “The night can't begin,” whispered {friend}. “{K1} is missing. Somebody must go "
            "{toplace} and fetch it, and everybody else has already got pyjamas on.” {name} had pyjamas on "
            "too, but also boots.",
            "Boots and pyjamas, everybody knows, are what one wears for the truly important things.",
            "A cosy bedroom in the evening under a pink sky. {name} is standing at the window with a yellow "
            "lantern. Outside the window is {afriend}. {lscene}" },
        [SIMG_TELL_WISH] = {
            "“Are you tired?” said {name}. “No,” said {friend}, and yawned. “Me neither,” said "
            "{name}, and yawned too.",
            "“Are you tired?” asked {name}. “Not a bit,” said {friend}, and yawned so widely that a "
            "moth flew in, looked round and flew out again. “Me neither,” said {name}. They agreed that "
            "whoever got tired first would say so, and neither of them did, out of politeness.",
            NULL,
            "{Pscene} in the evening under a pink sky. {name} is walking with a yellow lantern. {Afriend} is "
            "yawning." },
        [SIMG_TELL_SETOUT] = {
            "Off they went. The lantern went too. Swing, swing. Tip, tip, tip. Shh, shh, shh.",
            "They went {toplace}, {path}. The lantern swung, and their shadows swung with it, now long, now "
            "short, as if they couldn't make up their minds. Somewhere close by, {sound}. “Even that is "
            "quieter than in the daytime,” whispered {friend}. “It's only trying to,” whispered "
            "{name}.",
            "One walks differently when the day has already gone home and the night hasn't arrived.",
            "{Pscene} in the evening under a purple sky. {name} is walking with a yellow lantern. {Afriend} "
            "walks beside {name}." },
        [SIMG_TELL_TROUBLE] = {
            "They asked a snail. “Shh,” said the snail. They asked a bird. “Shh,” said the bird. All "
            "of them were waiting for the night.",
            "All along the way they met those who needed the night and couldn't start without it. An owl was "
            "sitting there fully awake, with nothing to do. Two moths had been ready for an hour. A bat was "
            "hanging the wrong way up, which is to say the right way up, and was beginning to feel quite "
            "dizzy. “We're on our way,” {name} told each of them. “Five more minutes.”",
            "It was strange to be the one who says that.",
            "{Pscene} in the evening under a purple sky. {name} is walking with a yellow lantern past a "
            "brown owl on a tree. {Afriend} is with {name}." },
        [SIMG_TELL_HELPER] = {
            "There was {ahelper}, in a nightcap. “That way,” said {helper}, and yawned. Yaaawn. That way "
            "they went.",
            "In a nightcap, and rather out of breath, came {ahelper}, {hhabit}. “If you are looking for "
            "{k1},” said {helper}, “listen for somebody who is being as quiet as possible. You can hear "
            "that quite well, once you know what it sounds like.” And indeed, when all three of them held "
            "their breath, one of the silences was a little thicker than the rest.",
            "It was coming from the left.",
            "{Pscene} in the evening under a purple sky with the first stars. {Ahelper} is wearing a "
            "nightcap. {name} is standing with a yellow lantern next to {afriend}." },
        [SIMG_TELL_SECOND] = {
            "Puff! The lantern went out. “Oh!” said {friend}. “Wait,” said {name}. And slowly, "
            "slowly, they could see.",
            "Then the lantern went out, just like that. It was not dark, only dim, like under a blanket. "
            "“Wait,” said {name}. They waited, and little by little things came out of the dimness and "
            "were the same as before, only softer: the ground, the stones, each other. “Dark is only the "
            "day with its eyes shut,” said {friend}, surprised at {fhis} own cleverness.",
            NULL,
            "{Pscene} in the evening under a dark blue sky. {name} is standing close to {afriend} and "
            "holding a lantern." },
        [SIMG_TELL_QUIET] = {
            "They sat down. They looked up. The sky was big, and pink, and waiting. Shh, shh, shh.",
            "They sat down {spot} for a moment, back to back, because that is how one can look at the most "
            "sky. It was pink on one side and green on the other, and right in the middle it was waiting. "
            "“What do you think about before you fall asleep?” asked {friend}. “The best bit of the "
            "day,” said {name}. “And if there are two?” “Then I stay awake a little longer.”",
            NULL,
            "{Pscene} in the evening under a pink sky. {name} and {afriend} are sitting back to back. A "
            "yellow lantern stands beside them." },
        [SIMG_TELL_IDEA] = {
            "And there was {k3}! It was hiding. “I can't do it,” it said. “They all look at me.” "
            "{idea}",
            "And there was {k2}, curled up as small as could be. “I can't,” said {k2}. “Every evening "
            "they all wait for me. What if I do it wrong, in front of the whole sky?” {friend} looked at "
            "{name}. {name} knew that feeling. {idea}",
            NULL,
            "{Pscene} in the evening under a dark blue sky. {name} is {stance} with a yellow lantern in "
            "front of {k3}. {Afriend} is behind {name}." },
        [SIMG_TELL_TRIAL] = {
            "{act} And {k2} laughed, very softly. And then the night came. Blue, and soft, and big. Ooooh.",
            "[“You don't have to do it for everybody,” said {name}. “Do it for us. We're only "
            "two.”|“I'll go first,” said {name}, “and you can laugh if it goes wrong.”] {act} It "
            "was not perfect, and nobody minded. {K2} saw that. “So that is how it's done,” said {k2}, "
            "took a deep breath, and began. And up above, somebody seemed to draw a great blue curtain, "
            "quite gently, so as not to wake anyone; and one by one, all over the sky, the stars were there.",
            "The owl said thank you. The bat, at last, was the right way up, which is to say the wrong way.",
            "{Pscene} at night under a dark blue sky with many stars. {name} is {pose} next to {k3}, which "
            "shines softly. {Afriend} is beside {name}." },
        [SIMG_TELL_TURNING] = {
            "Everybody said it at once: “Ahhh.” The snail, the bird, the owl, and {friend}. “Ahhh.”",
            "All around them you could hear the world let out its breath. Flowers shut. Windows went gold, "
            "and then dark. The owl took off without a sound, and {k2} looked at it all and couldn't believe "
            "it. “I did that,” said {k2}. “Yes,” said {name}, “and tomorrow you'll do it again, "
            "and if you like, I'll think of you while you do.”",
            NULL,
            "{Pscene} at night with many stars. {name} is sitting next to {afriend} and looking up. A brown "
            "owl is flying over them." },
        [SIMG_TELL_HOME] = {
            "Home they went. Tip, tip, tip. The stars went with them. Shh, shh, shh.",
            "They went home through the new night, slowly, so as to have more of it. It smelled of grass and "
            "a little of ink. At the window {friend} bowed. “The night says thank you,” said {friend}. "
            "“It can't come in itself. It's too big. But it will stand outside until morning.”",
            NULL,
            "{Pscene} at night with stars and a big moon. {name} is walking with a yellow lantern. {Afriend} "
            "walks beside {name}." },
        [SIMG_TELL_NIGHT] = {
            "The boots came off. {asked} {name} lay down. The lantern went out. The night stayed. Good "
            "night, {friend}. Shh, shh, shh.",
            "The boots came off, and the pyjamas, luckily, were already on. {asked} Outside it was dark now, "
            "the proper, soft, blue dark, with everything in it that belongs there. Somewhere {inplace} "
            "{friend} blew out the lantern. {name} wanted to think of the best bit of the day, but there "
            "were so many that it took a while to choose, and somewhere between the third and the fourth the "
            "night came in after all, and sat down on the edge of the bed.",
            "It stayed until morning. It generally does.",
            "A cosy bedroom at night with many stars and a moon outside the window. {name} is sleeping in a "
            "bed with a dark blue blanket. A lantern stands on the floor." },
    },
};
