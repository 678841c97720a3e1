/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

/* The visitor who cannot get home: the way back is sulking, asleep or shy. k1 the way, k2 its short name, k3
 * for the painter. */
const simg_tell_shape simg_tell_shape_visitor = {
    .hints = "visitor visit alien guest stranger home homesick far away robot whale baby friend",
    .titles = "[{name} and the Visitor|The Visitor Who Stayed for Tea|A Long Way Home for {friend}|How "
              "{friend} Got Home|The {fkind} on the Wrong Day]",
    .pitch = "{Afriend} called {friend} turns up {inplace} on the wrong day and can't get home again, for "
             "the only way back is {k1}. {name} knows what to do about that.",
    .goal = "get {friend} home",
    .other = "{k2}",
    .kinds = {
        { "a small stone bridge that had pulled itself in like a snail", "the bridge", "a small stone bridge" },
        { "a green gate that was too tired to open", "the gate", "a small green door standing by itself" },
        { "a ladder that had rolled itself up", "the ladder", "a long rope ladder" },
        { "a hot-air balloon that had lost its puff", "the balloon", "a red hot-air balloon" },
    },
    .beats = {
        [SIMG_TELL_TINY] = {
            "{name} found {afriend} {inplace}. It was {friend}{own}. “I want to go home,” said {friend}. "
            "“Home, please, home.”\nThe way home was {k1}. {idea} {act} And off went {friend}! “Thank "
            "you! Good night!” called {friend}. And {name} went to bed.",
            "{Inplace} {name} found {afriend} called {friend}, {habit}. {friend} had come on a visit, but on "
            "the wrong day, and couldn't get home again.\nThe only way back was {k1}. {idea} {act} Then "
            "{other} gave a long, happy sigh, and the way was free. That night, far away, somebody put a "
            "light in a window, so that {name} would know: safely home.",
            NULL,
            "{Pscene} in the evening under an orange sky. {name} is {pose}. {Afriend} is beside {k3}." },
        [SIMG_TELL_OPENING] = {
            "[One day|One morning] there was a knock {inplace}. Knock, knock! It was {afriend}. It was "
            "{friend}{own}. “I am lost,” said {friend}. “Home, please, home.”",
            "[Then somebody sneezed.|And that is how it came about that {name} heard the sneeze.] {Inplace}, "
            "{spot}, stood {afriend}, and next to {fhim} a very small suitcase. {landmark} “Good morning, "
            "I'm {friend}. I've come to stay,” said the visitor, {habit}. “Isn't it Sunday?” It was "
            "Wednesday. {friend} had come on the wrong day, and the way home had already closed.",
            "There was nothing in the suitcase but one slipper and a guest towel, neatly folded.",
            "{Pscene} in the morning, {weather}. {name} is standing and waving to {afriend}, who carries a "
            "small brown suitcase. {lscene}" },
        [SIMG_TELL_TROUBLE] = {
            "“Is this your home?” No, too small. “Is this your home?” No, too wet. “Is this your "
            "home?” No, that was a hat.",
            "They tried everything. They tried walking backwards, in case the way home was behind them. They "
            "tried a nest, but it was too round, and a hole, but it was taken. “At home,” said {friend}, "
            "“it smells of toast and the stairs creak in the right place.” {name} nodded. That is just "
            "what a home is like.",
            "“Which stair is it?” asked {name}. “The fourth,” said {friend} at once, and sniffed a "
            "bit.",
            "{Pscene} at midday, {weather}. {name} is walking next to {afriend}, who carries a small brown "
            "suitcase." },
        [SIMG_TELL_SECOND] = {
            "It rained one drop. Plop! “I want to go home,” said {friend}. {name} held a big leaf over "
            "both of them.",
            "After lunch {friend} sat down on the suitcase and said that was that. “I shall live here now. "
            "I shall become a sort of bush.” {name} sat down as well. The suitcase was narrow, so they had "
            "to sit close together, and that is hard to do sadly. “You'd make a terrible bush,” said "
            "{name} after a while. “I know,” said {friend}, and laughed.",
            "A passing beetle, who had already moved in under the handle, moved out again.",
            "{Pscene} in the afternoon, {weather}. {name} is sitting close beside {afriend} on a small brown "
            "suitcase." },
        [SIMG_TELL_IDEA] = {
            "There! There was the way home. It was {k1}. Oh dear. {idea}",
            "And then, late in the afternoon, they found the way home. Only it was {k1}, and so it was no "
            "way at all. {friend} put down the suitcase. {idea}",
            NULL,
            "{Pscene} in the late afternoon, {weather}. {name} is {stance} in front of {k3}. {Afriend} sits "
            "on a small brown suitcase." },
        [SIMG_TELL_TRIAL] = {
            "{act} And {other}? It stretched. It yawned. It was ready! “Home!” said {friend}. “Home, "
            "home, home!”",
            "[It turned out that nobody had ever done anything just for {other}.|“Watch this,” said "
            "{name} to {other}.] {act} And there was a sound like somebody putting down something heavy. "
            "“Oh,” said {other}, “I had quite forgotten what I'm for.” It shook itself, from one end "
            "to the other, and then the way was open, and far off there was a smell of toast.",
            "{friend} hugged {name}, and the suitcase, and then {name} again, because the suitcase had been "
            "a mistake.",
            "{Pscene} at sunset under a pink sky. {name} is {pose}. Beside {name} is {k3}, and {afriend} is "
            "jumping for joy." },
        [SIMG_TELL_TURNING] = {
            "“Come too!” said {friend}. They had tea. They had toast. The fourth stair went creak!",
            "“You must come in for a moment,” said {friend}, and so {name} saw it all: the toast, the "
            "other slipper, and the fourth stair, which creaked exactly in the right place. They went up and "
            "down it eleven times. Then it was time to go, and {other} waited politely.",
            NULL,
            "A small house with a red roof at sunset, with flowers. {name} is sitting at a table with "
            "{afriend}. On the table is a cake. {Pscene} is behind them." },
        [SIMG_TELL_NIGHT] = {
            "{name} was home too. {asked} Bed, pillow, blanket. “Good night, {friend},” said {name}. "
            "Home, home, home.",
            "When {name} came home, it smelled of supper, and one of the floorboards creaked, just in the "
            "right place. {asked} Later, from bed, you could see a light far away that had not been there "
            "before. It went on, and off, and on again. That meant: good night, and come on a Sunday. {name} "
            "waved with one foot, because the rest was already under the blanket.",
            "It happened to be the only place in the world where nothing had to be looked for.",
            "A cosy bedroom at night with stars outside the window. {name} is sleeping in a bed with a red "
            "blanket, smiling. A yellow lamp is on." },
    },
};
