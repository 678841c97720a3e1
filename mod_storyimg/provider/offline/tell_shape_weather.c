/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

/* The secret in the weather: the odd thing in the air is somebody who wants to say something. k1 what falls,
 * k2 who it is, k3 for the painter. */
const simg_tell_shape simg_tell_shape_weather = {
    .hints = "weather rain snow wind storm cloud rainbow fog sun winter summer spring autumn sky umbrella "
             "puddle flower season",
    .titles = "[The Day It Rained {k1}|{name} and the Cloud That Followed|A Cloud Called {k2}|{friend} Holds "
              "the Umbrella|Cloudy, with {k1}]",
    .pitch = "{Inplace} it is raining {k1}, and one small cloud follows {name} wherever {name} goes. "
             "{friend}, {afriend}, believes it wants to say something.",
    .goal = "find out what the cloud wants",
    .other = "{k2}",
    .kinds = {
        { "buttons", "Nimbus", "a small white cloud with a friendly face, dropping coloured buttons" },
        { "feathers", "Flocke", "a small white cloud with a friendly face, dropping white feathers" },
        { "tiny bells", "Tilda", "a small pink cloud with a friendly face, dropping small golden bells" },
        { "single socks", "Puff", "a small grey cloud with a friendly face, dropping colourful socks" },
        { "petals", "Rosalie", "a small pink cloud with a friendly face, dropping pink flowers" },
    },
    .beats = {
        [SIMG_TELL_TINY] = {
            "It was raining {k1}! Plip, plop, plip! {name} looked up. There was a little cloud. “It "
            "follows you,” said {friend}, {afriend}.\nThe little cloud was called {k2}. {idea} {act} And "
            "the cloud shone, pink and gold! Now {k2} had friends. Good night, little cloud. Plip, plop, "
            "sleep.",
            "{Inplace} it was raining {k1}, out of one small cloud, and it followed {name} about. “It "
            "wants to tell you something,” said {afriend} called {friend}. They asked it what. It only "
            "dropped more {k1}.\n{idea} {act} At that the cloud grew as pink as a peach. It was called {k2}, "
            "and it had never known how else to say hello. That night there was a very soft plip, plop at "
            "{name}'s window, and it meant: sleep well.",
            NULL,
            "{Pscene} at sunset under a pink sky. {name} is {pose} under {k3}. {Afriend} is holding a yellow "
            "umbrella." },
        [SIMG_TELL_OPENING] = {
            "Plip, plop, plip! It was raining {k1} {inplace}! “Look up,” said {afriend}. It was "
            "{friend}{own}. Up there was a little cloud. It followed {name}. Plip, plop, plip!",
            "That was the day on which, {inplace}, it rained {k1}. {landmark} It wasn't raining them "
            "everywhere, either, only on {name}. When {name} went left, it rained {k1} on the left. Under a "
            "yellow umbrella {spot} sat {afriend} called {friend}, {habit}. “You have a cloud,” said "
            "{friend}. And it was true: a very small one, just above the head.",
            "“Did you order it?” asked {friend}. {name} was fairly sure not.",
            "{Pscene} in the morning with {k3}. {name} is standing under the cloud and looking up. {Afriend} "
            "is sitting under a yellow umbrella. {lscene}" },
        [SIMG_TELL_WISH] = {
            "“Shoo,” said {name}. The cloud did not shoo. “Come,” said {name}. The cloud came. Plip!",
            "“Perhaps it has mistaken you for somebody,” said {friend}. {name} bowed and said, “I'm "
            "{name}, from down here,” so that everything was in order. The cloud came down a little. It "
            "dropped one of its {k1} right into {name}'s hand, and waited, as if now it was somebody else's "
            "turn. “That wasn't weather,” said {name}. “That was a present.”",
            NULL,
            "{Pscene} in the morning with {k3}. {name} is standing with one hand held out. {Afriend} has a "
            "yellow umbrella." },
        [SIMG_TELL_TROUBLE] = {
            "{name} ran. The cloud ran too. {name} hid. The cloud hid too. {name} sat down. Plip, plop, "
            "plip.",
            "First they tried to find out how it worked. {name} ran, and the cloud ran. {name} hid behind "
            "{friend}, and the cloud hid too, though it stuck out on both sides. {friend} tried talking to "
            "it in Cloud, which is mostly breathing out. “What did it say?” asked {name}. “It says my "
            "accent is dreadful,” said {friend}.",
            "It also said it at some length, and they were up to the ankles in {k1} by the end.",
            "{Pscene} at midday with {k3}. {name} is running, and the cloud follows. {Afriend} has a yellow "
            "umbrella." },
        [SIMG_TELL_SECOND] = {
            "Then the cloud went grey. Then it went greyer. Oh dear. It was going to cry. “Don't cry, "
            "little cloud,” said {friend}.",
            "By now people had come out to complain. They had nothing against weather, they said, but it "
            "must be the usual kind. At this the little cloud turned grey at the edges and shrank to the "
            "size of a cushion. “Now you've hurt its feelings,” said {name}. Nobody had known that "
            "weather has feelings, although it explains a good deal.",
            "One gentleman took off his hat and apologised to a puddle.",
            "{Pscene} in the afternoon with {k3}. {name} is standing with arms up to protect the cloud. "
            "{Afriend} and {ahelper} are watching." },
        [SIMG_TELL_IDEA] = {
            "The cloud came down, low, low, low. It was called {k2}. {k2} wanted to say something. But what? "
            "{idea}",
            "Then the cloud sank down until it hung right in front of {name}'s nose. On the ground lay the "
            "{k1}, and if one looked at them from the side, they made letters. “I am {k2},” they said. "
            "And beneath that: “I don't know how.” How to what? There was nothing more. {idea}",
            NULL,
            "{Pscene} in the late afternoon. {name} is {stance} face to face with {k3}. {Afriend} is beside "
            "{name}." },
        [SIMG_TELL_TRIAL] = {
            "{act} And {k2} went pink! {k2} went gold! “Hello,” said the little cloud. That was all. "
            "“Hello! Hello! Hello!”",
            "[“You don't know how to say hello,” said {name}. “That's it, isn't it? Then "
            "watch.”|“I don't always know how either,” said {name} to {k2}.] {act} For a moment not "
            "one of the {k1} fell. Then the cloud turned pink, first in one corner, then all over, like milk "
            "with a drop of raspberry. It took a breath. “Hello,” it said. It had a voice like a kettle "
            "a long way off. It had been wanting to say that since spring.",
            "There are whole thunderstorms, {friend} said afterwards, that are only somebody being shy at "
            "the top of their voice.",
            "{Pscene} at sunset under a golden sky. {name} is {pose} next to {k3}. The cloud shines pink. "
            "{Afriend} has thrown a yellow umbrella in the air." },
        [SIMG_TELL_TURNING] = {
            "They gathered them all up. One for you. One for me. One for {friend}. Plip, plop, thank you!",
            "Afterwards they gathered up the {k1}, and there were enough for everybody, with some over for "
            "people not yet met. {k2} went from one to the next and said hello, forty-one times, and never "
            "tired of it. And because it was so happy, it made a rainbow, a narrow one, just wide enough for "
            "two.",
            NULL,
            "{Pscene} at sunset with a rainbow. {name} is sitting next to {afriend} and holding a small "
            "basket. Above them is a small pink cloud." },
        [SIMG_TELL_NIGHT] = {
            "Night came. {name} lay in bed. {asked} At the window was a little cloud. Plip, plop, said the "
            "cloud. That means: sleep well.",
            "In the evening {name} hung up the jacket, and out of the sleeve fell one last little something: "
            "[a present from a cloud|one of the {k1}, still warm]. {asked} Later there was a small sound at "
            "the window, plip, and after a pause, plop. There are people who would have said that it was "
            "only weather. {name} said, “Good night, {k2},” and turned over. Outside somebody floated "
            "off across the sky, practising.",
            "“Hello,” it said to the moon. “Hello. Hello.” And after a while the moon said it back.",
            "A cosy bedroom at night with stars outside the window. {name} is sleeping in a bed with a white "
            "blanket. Outside the window is a small pink cloud." },
    },
};
