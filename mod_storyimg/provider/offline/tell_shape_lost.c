/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

/* The lost thing: somebody has it, and only wanted company. k1 who has it, k2 the short name of that, k3 for
 * the painter. */
const simg_tell_shape simg_tell_shape_lost = {
    .hints = "lost lose find missing search seek seeking looking hidden treasure",
    .titles = "[{name} and the Lost {thing}|The {thing} That Was Somewhere Safe|Where the {thing} "
              "Was|{friend} Has Lost the {thing}|Not Here, Not There]",
    .pitch = "{friend}, {afriend}, has put {athing} somewhere so safe that nobody can find it. {name} helps "
             "to look {inplace}, and finds {k1} that only wanted company.",
    .goal = "find the {thing}",
    .other = "{k2}",
    .seeks_thing = 1,
    .kinds = {
        { "a very old chest with its lid shut tight", "the old chest", "an old brown treasure chest" },
        { "a little round door with no handle", "the little door", "a small round red door" },
        { "a snail with a shell as big as a cupboard", "the big snail", "a very big yellow snail" },
        { "a small grey cloud in a sulk", "the small cloud", "a small grey cloud, low above the ground" },
    },
    .beats = {
        [SIMG_TELL_TINY] = {
            "{name} met {afriend}. It was {friend}{own}. “My {thing} is lost!” They looked here. Not "
            "here. They looked there. Not there.\nBut look! {Other} had it! {idea} {act} And out came the "
            "{thing}. Then {name} went home to bed. Good night, {friend}.",
            "{Inplace} {name} met {afriend} called {friend}, who had put {athing} somewhere so safe that it "
            "could not be found. They looked in all the likely places, and in most of the unlikely "
            "ones.\nThen they found {k1}, and the {thing} was glinting inside. {idea} {act} At that {other} "
            "laughed, and out it came. That night {name} put something small somewhere safe, and remembered "
            "where.",
            NULL,
            "{Pscene} at sunset under an orange sky. {name} is standing with arms up beside {k3}, holding "
            "{athing}. Next to {name} is {afriend}." },
        [SIMG_TELL_OPENING] = {
            "[One day|One morning] {name} met {afriend} {inplace}. It was {friend}{own}. {friend} was sad. "
            "“My {thing} is lost,” said {friend}. “Lost, lost, lost!”",
            "[So that morning|That very morning], {inplace}, {name} met {afriend} called {friend}, {habit}. "
            "{landmark} “I had {athing},” said {friend} in a small voice, “and I put it somewhere "
            "safe. It was so safe that now I can't find it.”",
            "{Fhe} turned out all {fhis} pockets to prove it, which took a while, since {fhe} hadn't any.",
            "{Pscene} in the morning, {weather}. {name} is standing and waving. Next to {name} is {afriend}, "
            "looking sad. {lscene}" },
        [SIMG_TELL_TROUBLE] = {
            "They looked under a stone. Not here! They looked behind a leaf. Not there! Not here, not there. "
            "Where, oh where?",
            "They looked high and they looked low. They looked behind everything that had a behind, and "
            "under everything that had an under. [“Perhaps it's invisible now,” said "
            "{friend}.|“Perhaps it was never here,” said {friend}.] “Then we'll look with our "
            "hands,” said {name}. They found two acorns, one mitten and a sneeze, but no {thing}.",
            "The sneeze was {friend}'s, and {fhe} seemed glad to have it back.",
            "{Pscene} at midday, {weather}. {name} is sitting and looking under a stone. {Afriend} is "
            "looking behind a mushroom." },
        [SIMG_TELL_SECOND] = {
            "Something shone! They ran and ran. It was only a puddle. “Oh,” said {friend}. Not here, not "
            "there.",
            "Then something flashed, far ahead. They ran, {path}, and out of breath they got there, and it "
            "was a puddle with some light in it. “That's the third thing today that isn't it,” said "
            "{friend}, and {fhis} voice was wobbling. “Good,” said {name}. “There can't be many "
            "left.”",
            "They waved to themselves in the puddle, and two people down there waved back, looking every bit "
            "as puzzled.",
            "{Pscene} in the afternoon, {weather}. {name} is running towards a shining puddle. {Afriend} "
            "follows." },
        [SIMG_TELL_IDEA] = {
            "There was {k3}. And inside? The {thing}! But {other} said: “Mine!” {idea}",
            "And then they saw it. There was {k1}, and from inside, very faintly, shone the {thing}. They "
            "knocked. They said please. Nothing moved; it only held on tighter. {idea}",
            NULL,
            "{Pscene} in the late afternoon, {weather}. {name} is {stance} in front of {k3}. {Afriend} is "
            "standing behind {name}." },
        [SIMG_TELL_TRIAL] = {
            "{act} And {other}? {Other} laughed! Ha, ha, ha! And out came the {thing}. Found, found, found!",
            "[Nobody had come to see {other} for years.|Now {other} was listening, you could tell.] {act} It "
            "was quiet for a moment. Then there came a creak, and a giggle, and a good deal of dust. “I "
            "only kept it for the company,” said {other}. “It was so nice to have something to look "
            "at.” And out it came: the {thing}, warm and whole and not even scratched.",
            "“You could have asked,” said {friend}. “I didn't know how it's done,” said {other}.",
            "{Pscene} at sunset under a pink sky. {name} is {pose} in front of {k3}, and {athing} shines in "
            "the middle. {Afriend} is clapping." },
        [SIMG_TELL_TURNING] = {
            "“Come and play with us,” said {name}. And {other} said: “Yes, yes, yes!”",
            "“You needn't keep things,” said {name} to {other}, “so that people come. We'll come "
            "anyway. On Tuesdays, if you like.” {Other} said that it liked Tuesdays very much. Then they "
            "all looked at the {thing} together, which makes a thing shine more than looking at it alone.",
            NULL,
            "{Pscene} at sunset under an orange sky. {name} is sitting between {afriend} and {k3}. In front "
            "of them shines {athing}." },
        [SIMG_TELL_NIGHT] = {
            "{name} lay in bed. {asked} Where was the {thing}? With {friend}. Where was {name}? At home. "
            "Found, found, found. Good night.",
            "That night {name} lay in bed[, with grass on both knees|, warm up to the chin]. {asked} "
            "Somewhere {inplace} {friend} was asleep, with the {thing} exactly where it could be seen first "
            "thing in the morning. Before the light went out {name} looked once under the pillow, just in "
            "case. But nothing was missing. Nothing at all.",
            "It is a fine feeling, to have counted everything and to have it come out right.",
            "A cosy bedroom at night with stars outside the window. {name} is sleeping in a bed with a blue "
            "blanket. A yellow lamp is on, and on the shelf lies a white feather." },
    },
};
