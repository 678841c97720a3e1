/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell.h"

/* Beats between the turns of a story: they fit any shape. */

static const simg_tell_beat wishes[] = {
    { "“What do we need?” said {name}. “A button? A biscuit? A bit of string?” They took all three.",
      "Before they set off, {name} turned out both pockets to see what there was for an expedition: a "
      "button, half a biscuit, a piece of string and a very smooth stone. “Will that be enough to "
      "{goal}?” asked {friend}. “It nearly always is,” said {name}.",
      "They ate the biscuit at once, so that it couldn't get lost.",
      "{Pscene} in the morning, {weather}. {name} is standing and holding a small brown bag. {Afriend} is "
      "looking up at {name}." },
    { "“We can do it,” said {name}. “You and me.” “You and me,” said {friend}.",
      "“We'll {goal},” said {name}. “I promise.” {friend} said that important promises have to be "
      "shaken on three times, so they shook on it: once for luck, once for good weather, and once because it "
      "was fun.",
      "The third time took longest.",
      "{Pscene} in the morning, {weather}. {name} is standing with arms up, next to {afriend}." },
    { "“And then?” said {friend}. “Then we laugh,” said {name}. “And then we eat pancakes!”",
      "“What will you do when we've done it?” asked {friend}. {name} thought it over. “First laugh,” "
      "said {name}, “then tell everybody, and then have a second breakfast.” {friend} nodded. It was a "
      "good plan, with the breakfast in the right place.",
      NULL,
      "{Pscene} in the morning, {weather}. {name} is sitting next to {afriend}. Yellow flowers are around "
      "them." },
};

static const simg_tell_beat setouts[] = {
    { "Off they went. {name} in front, {friend} behind. Then {friend} in front, and {name} behind.",
      "Off they went, {path}. {name} walked in front, because somebody had to, and {friend} walked behind, "
      "because somebody had to do that as well. [After every hundred steps they changed over.|They agreed to "
      "swap at the first interesting stone, and there were a great many.] Somewhere close by, {sound}.",
      "It was the kind of sound that makes a silence bigger.",
      "{Pscene} in the morning, {weather}. {name} is walking in front of {afriend}." },
    { "“Are we there?” said {friend}. “Not yet,” said {name}. “Are we there now?” “Not yet, "
      "not yet.”",
      "They went {path}. “Are we nearly there?” asked {friend} after eleven steps. “Nearly nearly,” "
      "said {name}. They sang a walking song, which had only one verse, so they sang it again. When they "
      "stopped for breath, {sound}.",
      "“That,” said {friend}, “was the second voice.”",
      "{Pscene} in the morning, {weather}. {name} is walking and singing beside {afriend}." },
    { "They looked left. They looked right. They looked up. And on they went!",
      "{name} and {friend} went {path}, with their eyes wide open. They saw [three round stones and one "
      "square one|two footprints and a half|a feather that pointed left]. “That's a sign,” said "
      "{friend}. “What does it say?” asked {name}. “It says: keep going,” said {friend}. So they "
      "did.",
      "Signs very often say that, if you read them kindly.",
      "{Pscene} in the morning, {weather}. {name} is walking next to {afriend}. A white feather lies on the "
      "ground." },
};

static const simg_tell_beat helpers[] = {
    { "Who was that? It was {ahelper}! “Hello, hello,” said {helper}. “I will wave to you.” And "
      "{helper} waved and waved.",
      "Round the next corner they met {ahelper}, {hhabit}. “Where are you off to?” asked {helper}. “We "
      "want to {goal},” said {name}. {Helper} thought about it. “Then do what you love best when you get "
      "stuck,” said {helper} at last. “It confuses the trouble no end.”",
      "{name} put that away carefully, next to the smooth stone.",
      "{Pscene} in the afternoon, {weather}. {name} is standing in front of {ahelper}. Next to {name} is "
      "{afriend}." },
    { "There sat {ahelper}. {Helper} was hungry. {name} had a biscuit. Crunch, crunch, crunch. “Thank "
      "you!” said {helper}.",
      "Right in the middle of the way sat {ahelper}, {hhabit}. “You don't happen to have a sandwich?” "
      "asked {helper}. {name} had half of one, and gave away the bigger half of the half. “Delicious,” "
      "said {helper}. “In return I'll tell you a secret: the last bit is always easier than the bit "
      "before.”",
      "{friend} wanted to know how one could tell which bit one was in. “By the sandwiches,” said "
      "{helper}.",
      "{Pscene} in the afternoon, {weather}. {name} is sitting and sharing a sandwich with {ahelper}. "
      "{Afriend} is watching." },
    { "“I know the way!” said {ahelper}. They went round, and round, and round. “Here we are again,” "
      "said {helper}. How they laughed!",
      "“Follow me, I know every corner here,” said {ahelper}, {hhabit}. They followed for a good long "
      "while, and came out exactly where they had started. “There,” said {helper} proudly. “Now you "
      "know one place where you needn't look.” That was more useful than it sounded.",
      "It isn't easy to find somebody who gets lost with so much confidence.",
      "{Pscene} in the afternoon, {weather}. {name} is walking behind {ahelper}. {Afriend} is there too." },
    { "“Psst,” said {ahelper}. “You are doing well.” That was all. But it was nice.",
      "{Ahelper} had been watching them for some time. This was {helper} of the place, {hhabit}. “I only "
      "wanted to say,” said {helper}, “that you two are doing very well.” Then there was nothing more "
      "to say, and {helper} said it by nodding. It is astonishing how far you can walk on a sentence like "
      "that.",
      "They measured it later: about a mile and a half.",
      "{Pscene} in the afternoon, {weather}. {Ahelper} is looking at {name}, who is waving. Beside {name} is "
      "{afriend}." },
};

static const simg_tell_beat quiets[] = {
    { "They sat down. They shared an apple. A bite for you. A bite for me. Mmm.",
      "They rested {spot} and shared an apple, bite by bite, turning it round like a small planet. “Do you "
      "think we can do it?” asked {friend}. “I don't know,” said {name}. “But I like being two.” "
      "After that neither of them said anything, and it was the good kind of nothing.",
      "All around them, {sound}.",
      "{Pscene} in the afternoon, {weather}. {name} is sitting next to {afriend} and holding a red apple." },
    { "“I was a bit afraid,” said {friend}. “Me too,” said {name}. Then they were only a bit of a "
      "bit afraid.",
      "“Can I tell you something?” said {friend}, when they were sitting {spot}. “This morning I was a "
      "bit afraid.” “Me too,” said {name}. “Where is yours now?” They looked behind them, left and "
      "right. It must have stayed behind somewhere on the way, perhaps to tie its shoes.",
      "“We could wait for it,” said {friend}. They decided not to.",
      "{Pscene} in the afternoon, {weather}. {name} and {afriend} are sitting close together." },
    { "Shh. They listened. They heard nothing. And then a little something. Shh.",
      "For a while they just sat {spot} and listened. “What do you hear?” asked {friend}. {name} shut "
      "both eyes. And indeed: {sound}. It had been there all the time, and they had been too busy to notice.",
      "“How much do you suppose we miss,” said {friend}, “on ordinary days?”",
      "{Pscene} in the afternoon, {weather}. {name} is sitting with closed eyes. {Afriend} is sitting beside "
      "{name}." },
};

static const simg_tell_beat homes[] = {
    { "Now they went home. Step by step by step. The light was gold. {friend} sang a little song.",
      "They took the long way back, because it was the nicer one. The light had turned the colour of "
      "apricots and made everybody's shadow look like somebody important. “Will you come again?” asked "
      "{friend}. “Tomorrow,” said {name}, “or whenever you whistle.”",
      "{friend} tried out the whistle at once, to be on the safe side, and {name} came at once.",
      "{Pscene} at sunset under an orange sky. {name} is walking beside {afriend}." },
    { "“Goodbye, {theplace}!” said {name}. “Goodbye, stones! Goodbye, everyone!”",
      "On the way home everything they had passed that day came by again in the other direction, smaller and "
      "friendlier. They said thank you to the path, {name} with a bow and {friend} with a wobble. [Paths are "
      "hardly ever thanked.|It is only polite.]",
      "It lay there a little straighter afterwards.",
      "{Pscene} at sunset under a pink sky. {name} is walking and waving. {Afriend} walks behind." },
    { "{name} was tired. {friend} was tired. So they walked slowly, slowly, slowly home.",
      "They were tired in the good way, from the toes up. {friend} walked more and more slowly, and {name} "
      "told the whole day from the beginning, so that nothing of it should get lost. When the story arrived "
      "at the place where they were walking, they were there.",
      NULL,
      "{Pscene} in the evening under an orange sky with the first stars. {name} is walking next to "
      "{afriend}." },
};

#define ANY(t, table) (&(table)[simg_tell_pick((t), sizeof(table) / sizeof((table)[0]))])

const simg_tell_beat *simg_tell_common(simg_tell *t, simg_tell_moment moment)
{
    switch (moment) {
    case SIMG_TELL_WISH: return ANY(t, wishes);
    case SIMG_TELL_SETOUT: return ANY(t, setouts);
    case SIMG_TELL_HELPER: return ANY(t, helpers);
    case SIMG_TELL_QUIET: return ANY(t, quiets);
    default: return ANY(t, homes);
    }
}
