/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

/* The map with one mistake: the way leads to something better than what is marked. k1 who drew it, k2 who
 * waits there, k3 for the painter. */
const simg_tell_shape simg_tell_shape_map = {
    .hints = "map treasure pirate explore explorer expedition island adventure quest journey travel path "
             "trip secret hidden",
    .titles = "[The Map with One Mistake|{name} and the Crooked Map|Left at the Third Sneeze|A Map for "
              "{name}|What the Map Forgot]",
    .pitch = "{name} and {friend}, {afriend}, follow a map {toplace} that has exactly one mistake in it. It "
             "is the best mistake on the whole page.",
    .goal = "follow the map to its end",
    .other = "{k2}",
    .kinds = {
        { "a sailor with the hiccups", "the old lighthouse lamp", "a small white tower with a big yellow "
                                                                  "lamp" },
        { "somebody's great-aunt", "the forgotten piano", "an old black piano under a tree" },
        { "a forgetful king", "the lonely throne", "a golden chair with a red cushion" },
        { "a gardener with very muddy gloves", "the sleeping apple tree", "a big old apple tree with bare "
                                                                          "branches" },
    },
    .beats = {
        [SIMG_TELL_TINY] = {
            "{name} had a map. {friend}, {afriend}, came too. “Left,” said the map. “Right,” said "
            "the map. But the map was wrong! No treasure.\nThere was {k3}, all alone. {idea} {act} And then "
            "everything shone. What a treasure! Then {name} went home. Good night, map. Good night, "
            "{friend}.",
            "The map had been drawn by {k1}, and it had exactly one mistake in it. {name} and {afriend} "
            "called {friend} followed it {toplace}, past everything that was marked, and came out where "
            "nothing was.\nNothing, that is, but {k2}, which nobody had visited for years. {idea} {act} And "
            "{k2} woke up and shone as if somebody had told it good news. In bed that night {name} took a "
            "pencil and drew a small cross where the mistake was.",
            NULL,
            "{Pscene} at sunset under a pink sky. {name} is {pose} beside {k3}. {Afriend} is holding an old "
            "brown map." },
        [SIMG_TELL_OPENING] = {
            "{name} found a map. “Left, right, and straight on,” said the map. “May I come?” said "
            "{afriend}. It was {friend}{own}. “Left, right, and straight on!”",
            "[Under the doormat|In an old tea tin|Inside a library book] lay a map. It had been drawn by "
            "{k1}, that was written in the corner, and underneath in smaller writing: there is one mistake "
            "in this map. “Then we must go and find it,” said {afriend} called {friend}, {habit}. {name} "
            "thought so too. The red line led straight {toplace}. {landmark}",
            "A mistake which is announced beforehand has to be a rather special one.",
            "{Pscene} in the morning, {weather}. {name} is standing and reading an old brown map. {Afriend} "
            "is looking at it too. {lscene}" },
        [SIMG_TELL_TROUBLE] = {
            "Left! They went left. Right! They went right. Straight on! Bump. A stone. “Sorry, stone,” "
            "said {friend}.",
            "“Left at the third sneeze,” read {name}. They waited. It took some time until {friend} had "
            "to sneeze, and for the second sneeze they needed a feather. The third came by itself. They "
            "turned left, {path}, and there, just as the map said, stood a stone that looked like somebody's "
            "uncle. “No mistake so far,” said {friend}, and was a little disappointed.",
            "“Good day, Uncle,” said {name} to the stone, to be on the safe side.",
            "{Pscene} at midday, {weather}. {name} is walking with an old brown map. {Afriend} is sneezing. "
            "There is a big grey stone." },
        [SIMG_TELL_SECOND] = {
            "The wind took the map! Hop, hop, hop, they ran. Got it! But now there was a hole in it. “We "
            "can look through it,” said {friend}.",
            "On the next stretch the map folded itself up the wrong way, as maps do, and for half an hour "
            "they went in the direction of the folding. When they noticed it, they had got somewhere nobody "
            "ever goes on purpose. It was rather nice there. {name} drew it in: a small circle, and next to "
            "it, “good for sitting”.",
            "Most of the best places in the world must have been found by people with badly folded maps.",
            "{Pscene} in the afternoon, {weather}. {name} is sitting and drawing on an old brown map. "
            "{Afriend} is pointing." },
        [SIMG_TELL_IDEA] = {
            "“Here is the treasure,” said the map. But there was no treasure. There was only {k3}, all "
            "alone. {idea}",
            "Then the red line stopped, and there was a cross. They dug where the cross was and found: "
            "earth. So this was the mistake. But when {friend} looked up, {fhe} saw what wasn't on the map "
            "at all. There, all by itself, was {k2}. It looked as though it had given up expecting anybody. "
            "{idea}",
            NULL,
            "{Pscene} in the late afternoon, {weather}. {name} is {stance} in front of {k3}. {Afriend} holds "
            "an old brown map." },
        [SIMG_TELL_TRIAL] = {
            "{act} And then? It got warm. It got bright. “Ooooh,” said {friend}. This was the treasure! "
            "This, this, this!",
            "[“Somebody left you off the map,” said {name}. “That must feel awful.”|“We came for a "
            "treasure,” said {name}, “but we may stay for you.”] {act} At first nothing happened, and "
            "then it happened slowly, the way a morning does. {Other} gave a deep sigh. A light went through "
            "it, and a sound, and a breath of something like warm cake. All of {theplace} held still and "
            "turned to look. And {name} understood: the cross was the mistake. The treasure was ten steps "
            "further on.",
            "“A treasure that you can dig up is soon in a cupboard,” said {friend}. “This one is too "
            "big for a cupboard.”",
            "{Pscene} at sunset under a golden sky. {name} is {pose} in front of {k3}, which shines. "
            "{Afriend} is jumping for joy." },
        [SIMG_TELL_TURNING] = {
            "Everybody came to see. They sat, and looked, and were glad. “Left, right, and straight on!” "
            "they sang.",
            "Before long others came, because light and good news get about. {Ahelper} came, {hhabit}, and "
            "brought a cushion. They all sat down round {k2} and nobody wanted to be anywhere else. {friend} "
            "took the map and crossed out the word “mistake”. Above it, in {fhis} best writing, {fhe} "
            "put: “surprise”.",
            NULL,
            "{Pscene} at sunset under an orange sky. {name} is sitting with {afriend} and {ahelper} around "
            "{k3}. Yellow lanterns are shining." },
        [SIMG_TELL_NIGHT] = {
            "{name} went home: straight on, right and left. {asked} Then into bed. On the wall hung the map. "
            "Good night, left. Good night, right. Good night, {friend}.",
            "The way home was easy; they only had to hold the map upside down. {asked} Now it hangs on the "
            "wall above {name}'s bed. Somebody has drawn a thin new line on it, from the bed out of the "
            "window and {toplace}, to a place ten steps beyond the cross. That night {name} followed it with "
            "one finger, as far as the second bend, and was asleep before the third.",
            "All good maps should end in a bed, if one reads them late enough.",
            "A cosy bedroom at night with stars outside the window. {name} is sleeping in a bed with a red "
            "blanket. An old brown map hangs on the wall." },
    },
};
