/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

/* The contest nobody needs to win. k1 what it is called, k2 what one does, k3 for the painter. */
const simg_tell_shape simg_tell_shape_contest = {
    .hints = "race contest competition win winning prize champion olympics tournament game match football "
             "team sport party show birthday",
    .titles = "[The Great {k1}|{name} and the Great {k1}|Second Place for Everybody|{friend} Wants to "
              "Win|The Slowest Winner of All]",
    .pitch = "Today is the Great {k1}, and {friend}, {afriend}, wants to win it more than anything. {name} "
             "enters too, and then something happens that is much better than winning.",
    .goal = "take part in the Great {k1}",
    .other = "{friend}",
    .kinds = {
        { "Leaf Boat Race", "sail a boat made of a leaf", "many small boats made of green leaves, with flags" },
        { "Cake Parade", "carry a cake as tall as possible", "a long table with pink and yellow cakes, with "
                                                             "flags" },
        { "Kite Flight", "get a kite to stay up the longest", "many red and yellow kites in the sky" },
        { "Snail Derby", "cheer for a snail", "three yellow snails on a white line, with flags" },
        { "Puddle Jump", "jump over the widest puddle", "a row of blue puddles, with flags" },
    },
    .beats = {
        [SIMG_TELL_TINY] = {
            "It was the day of the Great {k1}. {friend}, {afriend}, wanted to win. “Me, me, me!” said "
            "{friend}. But it went wrong. {friend} was last.\n{idea} {act} And {friend} laughed. Everybody "
            "laughed! Everybody won. Then it was night. Good night, {friend}. Good night, {name}.",
            "{Inplace} it was the day of the Great {k1}, and {afriend} called {friend} wanted to win it more "
            "than anything. Halfway through, {friend} got stuck, sat down and would not go on.\n{name} could "
            "have gone on and won. {idea} {act} After that they finished together, last, laughing so much "
            "that everybody came to see why. The prize was cut into small pieces and tasted of strawberries. "
            "{name} fell asleep with some of it still on one ear.",
            NULL,
            "{Pscene} at sunset under a pink sky, with {k3}. {name} is {pose} beside {afriend}. A golden "
            "crown lies on the ground." },
        [SIMG_TELL_OPENING] = {
            "It was a big day {inplace}: the Great {k1}! And there was {afriend}. It was {friend}{own}. “I "
            "will win,” said {friend}. “Me, me, me!” {name} wanted to try it too.",
            "{Inplace} there were flags everywhere that day. It was the day of the Great {k1}, where one has "
            "to {k2}. {landmark} At the start {name} met {afriend} called {friend}, {habit}. “I have been "
            "practising for a year,” said {friend}. “I've got to win.” “What happens if you "
            "don't?” asked {name}. {friend} had never thought that far.",
            "There was a table of rules as well. Rule one was crossed out, and rule two said: see rule one.",
            "{Pscene} in the morning, {weather}, with {k3}. {name} is standing next to {afriend}. {lscene}" },
        [SIMG_TELL_TROUBLE] = {
            "One, two, three, go! But {friend} went the wrong way. Oops! “Turn round!” said {name}. "
            "Round went {friend}. Round, and round, and round.",
            "“One, two, three, go!” called {ahelper}, and everybody went, except that not everybody went "
            "the same way. {friend} had been so keen to be first that {fhe} had started in the wrong "
            "direction. “I am in the lead!” called {friend}. “You're in the kitchen tent,” called "
            "{name}. The cook gave {fhim} a bun and pointed.",
            "It was a very good bun. Afterwards there were some who said that {friend} had been the "
            "cleverest of all.",
            "{Pscene} at midday, {weather}, with an orange tent and {k3}. {name} is running. {Afriend} is "
            "running the other way." },
        [SIMG_TELL_SECOND] = {
            "A gust of wind came. Whoosh! Everything went up. Everything came down. Plop, plop, plop. "
            "“Again!” said {name}.",
            "In the middle of everything came a gust of wind, and for a while the Great {k1} was the Great "
            "Running After Hats. {name} caught four and gave them back to the wrong heads, but nobody "
            "minded. Only {friend} hadn't laughed. “It's costing time,” said {friend}, in a thin sort of "
            "voice.",
            "One of the hats turned out to have a kitten in it, which was asleep and wished to remain so.",
            "{Pscene} in the afternoon in the wind, with {k3}. {name} is running after a yellow hat. "
            "{Afriend} is standing still." },
        [SIMG_TELL_IDEA] = {
            "Then {friend} got stuck. {friend} was last. {friend} cried a little. {name} stopped. {idea}",
            "And then, shortly before the end, it happened. {name} was in front, quite by accident, and "
            "{friend} was stuck. {Fhe} sat down on the ground and looked at nothing. The finishing line was "
            "ten steps away. {name} looked at it, and then at {friend}, and turned round. {idea}",
            NULL,
            "{Pscene} in the late afternoon, {weather}, with {k3}. {Afriend} is sitting on the ground, sad. "
            "{name} is {stance} beside {afriend}." },
        [SIMG_TELL_TRIAL] = {
            "{act} And {friend} laughed! “Come,” said {name}. “You and me.” They were last. They "
            "were the very last. And everybody clapped!",
            "[“I can't any more,” said {friend}. “Then we'll do something else,” said {name}.|There "
            "was the finishing line, and nobody looked at it any longer.] {act} {friend} looked up, and one "
            "corner of {fhis} mouth began to twitch. Then they went over the line together, so late that the "
            "flags had been taken down and had to be put up again. Nobody there had ever seen anybody come "
            "last so happily.",
            "The judge looked for the right place on the list and at last wrote them in at the top, because "
            "there was room there.",
            "{Pscene} at sunset under a golden sky, with {k3}. {name} is {pose} next to {afriend}, who is "
            "laughing." },
        [SIMG_TELL_TURNING] = {
            "What was the prize? A cake! A bite for {friend}. A bite for {name}. A bite for everybody. Mmm.",
            "The prize was a cake with a crown on it. The winner, who was {ahelper}, looked at it for some "
            "time. “I don't believe I can eat this alone,” said {helper}, and so it was cut: a piece for "
            "the first, a piece for the last, and a piece for everybody in between. {friend} wore the crown "
            "on one ear. “I only ever wanted to know what it tastes like,” said {friend}.",
            NULL,
            "{Pscene} at sunset under an orange sky, with a big strawberry cake. {name} and {ahelper} are "
            "sitting on the ground. {Afriend} is wearing a golden crown." },
        [SIMG_TELL_NIGHT] = {
            "{name} lay in bed. {asked} Who had won? {friend}! And {name}! And everybody. Good night, all "
            "you winners.",
            "“And who won?” somebody asked at home. {name} had to think. There had been somebody, "
            "certainly. {asked} Then {name} lay in bed, and through the window came a small breeze with a "
            "bit of flag in it. Next year, {friend} had said, they would have to start training early, if "
            "they wanted to be last again. It wouldn't be easy. There was a lot of interest now.",
            "Falling asleep, at least, is something that nobody has ever won by hurrying.",
            "A cosy bedroom at night with stars outside the window. {name} is sleeping in a bed with a "
            "yellow blanket. A small golden crown lies beside the lamp." },
    },
};
