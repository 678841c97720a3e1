/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

/* The thing that stopped: nobody had thanked it for a hundred years. k1 what it is, k2 what it did, k3 for
 * the painter. */
const simg_tell_shape simg_tell_shape_stopped = {
    .hints = "machine broken stop stopped repair fix clock mill wake invention inventor engine robot factory "
             "cosmic garden music",
    .titles = "[{name} and the {k1}|The {k1} That Stopped|The Day the {k1} Stood Still|{name} Wakes the "
              "{k1}|One Hundred Years of Humming]",
    .pitch = "The {k1} {inplace} has {k2} for a hundred years. This morning it stopped. {name} and {friend}, "
             "{afriend}, go and ask it why.",
    .goal = "wake the {k1}",
    .other = "the {k1}",
    .kinds = {
        { "carousel", "gone round and round", "a carousel with a red and white roof" },
        { "big clock", "told everybody the time", "a tall blue clock tower with a round clock" },
        { "little train", "puffed from one end of the day to the other", "a little red train" },
        { "music mill", "ground out one tune a day", "a white mill with red sails" },
        { "rainbow fountain", "painted the sky every morning", "a round stone fountain with a small rainbow" },
    },
    .beats = {
        [SIMG_TELL_TINY] = {
            "{Inplace} was the {k1}. One day it stopped. No hum, hum, hum. “Wake up!” said {friend}, "
            "{afriend}. It did not wake up.\n{idea} {act} And then? Hum. Hum. Hum, hum, hum! The {k1} was "
            "awake. Then it was night, and {name} went to bed. Hum, hum, good night.",
            "{Inplace} the {k1} had {k2} for a hundred years, and one morning it stopped. Everybody pulled "
            "and pushed, even {afriend} called {friend}. It was no use.\n{idea} {act} And the {k1} gave a "
            "cough, and a hum, and began again. “Thank you,” it said. “Nobody had been to see me for "
            "ninety-nine years.” That night it ran a little more softly, so that {name} could sleep.",
            NULL,
            "{Pscene} at sunset under a pink sky. {name} is {pose} in front of {k3}. Beside {name} is "
            "{afriend}." },
        [SIMG_TELL_OPENING] = {
            "{Inplace} stood the {k1}. Every day it went hum, hum, hum. But today? Nothing. “Oh dear,” "
            "said {afriend}. It was {friend}{own}. No hum, hum, hum.",
            "Now, {inplace} there was a {k1}, and it had {k2} for a hundred years. {landmark} But on this "
            "morning the {k1} was quiet. [“Did you hear that?” asked a voice.|“Listen,” said a "
            "voice.] It was {afriend} called {friend}, {habit}. “I can't hear anything,” said {name}. "
            "“That's just it,” said {friend}. “It has stopped.”",
            "A hundred years is a long time to get used to a sound, and no time at all to get used to a "
            "silence.",
            "{Pscene} in the morning, {weather}. {name} is standing in front of {k3}. Next to {name} is "
            "{afriend}. {lscene}" },
        [SIMG_TELL_TROUBLE] = {
            "They pushed. Nothing. They pulled. Nothing. They said please. Nothing. No hum, hum, hum.",
            "They did what everybody does first: they tapped it. Then they found a small door at the back, "
            "and behind it a great many wheels, all of them clean and in the best of health. “Nothing's "
            "broken,” said {name}. “Then why doesn't it go?” asked {friend}. They looked for a switch, "
            "and found one, but it only lit up a small sign that said “thank you for not leaning”.",
            "They stopped leaning at once. It made no difference.",
            "{Pscene} at midday, {weather}. {name} is standing and looking at {k3}. {Afriend} is looking at "
            "it from the other side." },
        [SIMG_TELL_SECOND] = {
            "Everyone came to look. They all said hmm. “Hmm,” said {ahelper}. “Hmm,” said {friend}. "
            "But there was no hum, hum, hum.",
            "By now everybody had heard of it, and everybody came and knew what to do. {Ahelper} said one "
            "must oil it. Somebody else said one must on no account oil it. They discussed it so loudly that "
            "nobody noticed how the {k1} seemed to shrink a little. {name} noticed. “I think,” whispered "
            "{name} to {friend}, “we ought to come back when it's quiet.”",
            "The discussion went on without them. It may still be going on.",
            "{Pscene} in the afternoon, {weather}. {name} is standing in front of {k3}. Beside {name} are "
            "{afriend} and {ahelper}." },
        [SIMG_TELL_IDEA] = {
            "Then everybody went home. {name} stayed. {friend} stayed. “Poor {k1},” said {name}. {idea}",
            "When the afternoon grew long and everybody else had gone to tea, {name} and {friend} were still "
            "there. They leaned against the {k1}. It was warm. It was not broken at all; it had lost heart, "
            "that was what it was. {idea}",
            NULL,
            "{Pscene} in the late afternoon, {weather}. {name} is {stance} in front of {k3}. {Afriend} is "
            "sitting on the ground." },
        [SIMG_TELL_TRIAL] = {
            "{act} And then? Hum. Then hum, hum. Hum, hum, hum! The {k1} was awake!",
            "[A hundred years, thought {name}, and nobody ever did anything for it in return.|“This is for "
            "you,” said {name} to the {k1}.] {act} Something inside went click. Then something went tock. "
            "A shiver ran through the {k1} from the bottom to the top, and it began, slowly, and a bit "
            "rusty, like somebody laughing for the first time in ages. “I'd only wanted to know,” said "
            "the {k1}, “whether anybody would notice.”",
            "“We noticed most of all when you weren't there,” said {friend}. “That's often the way,” "
            "said the {k1}.",
            "{Pscene} at sunset under a golden sky. {name} is {pose} in front of {k3}, which shines. "
            "{Afriend} is jumping." },
        [SIMG_TELL_TURNING] = {
            "“Thank you, {k1}!” said {name}. “Thank you, thank you,” said everyone. Hum, hum, hum!",
            "They all came running, with their cups still in their hands. {name} explained how it was done: "
            "you have to say thank you now and then, that's all. So they formed a queue, and one after the "
            "other they said it. The {k1} went pink. It had {k2} for a hundred years, but never as well as "
            "on that evening.",
            NULL,
            "{Pscene} at sunset under a pink sky. {K3} shines with many lanterns. {name} is dancing with "
            "{afriend}, and {ahelper} is watching." },
        [SIMG_TELL_NIGHT] = {
            "Night came. {name} lay in bed. {asked} Far away the {k1} went hum. And hum. And hum. Good "
            "night, {k1}. Good night, {friend}.",
            "That night the window stood open a hand's breadth. {asked} From far off came the sound of the "
            "{k1}, slower now and softer, the way one walks past a door behind which somebody is asleep. "
            "“Thank you,” said {name} into the dark. It never missed a beat. But for a moment, {name} "
            "was sure of it, it had hummed.",
            "And in the morning it was there again, and now somebody was listening.",
            "A cosy bedroom at night with stars outside the window. {name} is sleeping in a bed with a green "
            "blanket. A yellow lamp is on." },
    },
};
