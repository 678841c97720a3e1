/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell.h"

/* What somebody who loves a thing can do with it anywhere, for anybody. The last row, without keys, fits any
 * interest. */
const simg_tell_gift simg_tell_interests[] = {
    { "space astronomy planet star rocket moon astronaut galaxy",
      "{name} told about the stars: one star, two stars, three stars, and the moon.",
      "So {name} told {other} about the stars: how the red ones are old and the blue ones are young, and how "
      "every one of them is a very long way from its neighbours [and shines all the same|and waves by "
      "twinkling].",
      "standing with arms up" },
    { "dancing dance ballet", "{name} began to dance. Step, step, turn! Step, step, turn!",
      "So {name} began to dance: one step to the left, one step to the right, and a turn with both arms out. "
      "[It was a dance that nobody had ever danced before|There was no music yet, so {name} danced to the "
      "sound of it coming].",
      "dancing with arms up" },
    { "dinosaur rex fossil paleontology", "{name} showed how a dinosaur says hello. Stomp. Stomp. Bow.",
      "So {name} showed {other} how a long-necked dinosaur says good morning: [very slowly, beginning with "
      "the tail|with a stomp, a sway and a bow that takes half an hour]. Then {name} showed how a very small "
      "one does it, which is quicker and has more hopping in it.",
      "standing with arms up" },
    { "music singing sing song piano violin guitar drum flute", "{name} sang a little song. La, la, la. La, la, lee.",
      "So {name} hummed a tune, low at first, then with words, then with both feet. [It was the kind of song "
      "that goes round and round and always comes home|It had three verses, and in the second one there was "
      "a duck].",
      "singing with arms up" },
    { "animal pet zoo vet wildlife cat kitten dog puppy rabbit",
      "{name} sat down low, held out a hand, and made a soft little noise. Prrr.",
      "So {name} did what one does with any shy animal: crouched down, held out an open hand, and looked "
      "somewhere else. [Then {name} made the small noise, the one between a purr and a kiss|“Take your "
      "time,” said the hand].",
      "sitting" },
    { "horse pony riding", "{name} clicked like a pony. Clip, clop, clip, clop. “Come along!”",
      "So {name} clicked softly, the way you do with a horse that isn't sure about a gate, and walked a "
      "slow, easy circle [with never a look behind|as if there were all the time in the world].",
      "walking" },
    { "drawing draw painting paint art colouring coloring sketching craft crafting",
      "{name} drew a picture. A sun, a house, and everybody in it.",
      "So {name} found a stick and drew a picture on the ground: [all of them together, with {other} in the "
      "very middle and a sun the size of a soup plate|{other}, exactly as {other} would look on the happiest "
      "day of the year].",
      "sitting" },
    { "football soccer ball basketball handball sport goalkeeper volleyball rugby hockey cricket baseball "
      "tennis",
      "{name} found a pine cone. Kick! “Now you!” Kick! “Now me!”",
      "So {name} found a round old pine cone, kicked it up, once, twice, three times, and passed it straight "
      "to {other}. [You can't be passed to and stay a stranger|“You're on our side,” said the pass].",
      "running with a red ball" },
    { "baking cooking cake cookie bake cook chocolate", "{name} had a biscuit. Snap! “Half for you, and half for me.”",
      "So {name} unwrapped the last biscuit, a home-made one, a little burnt on one side, and broke it very "
      "fairly in two. [“You need to wait for the crumbs,” said {name}. “The crumbs are the best "
      "part.”|“The recipe says it tastes best shared,” said {name}. “I wrote that in myself.”]",
      "sitting" },
    { "train railway locomotive tram", "{name} was a train. Choo, choo! “All aboard!” Choo, choo!",
      "So {name} became a train, quite a long one, with a whistle, and announced all the stations: [Puddle "
      "Halt, Upper Yawning, Lower Yawning|Tea Bridge, Biscuit Junction, Pillow Road], “and change here for "
      "{other}!”",
      "walking with arms up" },
    { "reading book library story comic literature",
      "{name} told a story. “Once upon a time,” said "
      "{name}.",
      "So {name} sat down and told a story out of a favourite book, with all the voices. [At the most "
      "exciting place {name} stopped, and waited. Nobody can bear that|It had a beginning, a muddle and an "
      "end, and {name} did the muddle twice].",
      "sitting and reading a book" },
    { "writing poetry poem journal", "{name} made a rhyme. It had a cat in it. It had a hat.",
      "So {name} made up a poem on the spot. [It rhymed “{friend}” with nothing at all, which was brave, "
      "and {other} with a word that had to be invented|It had four lines, and the last one was a question].",
      "sitting with a book" },
    { "swimming swim diving surfing water", "{name} swam through the air. Swish, swish, swish!",
      "So {name} showed how to swim through air: long slow arms, small quick feet, and breathe on the third. "
      "[It looked ridiculous and felt wonderful|“You float better if you stop trying,” said {name}].",
      "standing with arms up" },
    { "car truck lorry racing vehicle digger excavator tractor bus fire engine motorcycle",
      "“Brumm, brumm!” said {name}. “Slowly. Slowly. And park!”",
      "So {name} turned an invisible wheel, made the noise of a very large lorry, and reversed up to {other} "
      "with the greatest care, beep, beep, beep. [“Delivery,” said {name}. “One load of company, "
      "please sign here.”|It was the finest parking that had ever been seen there.]",
      "walking with arms up" },
    { "science experiment chemistry physics nature biology volcano rock mineral crystal",
      "“Let's try,” said {name}. “Once like this. Once like that. Look!”",
      "So {name} made an experiment of it: tried one thing, and wrote it down; tried another, and wrote that "
      "down too. [“It isn't going wrong,” said {name}. “It is going interesting.”|The third try was "
      "the kindest one, and made {other} very interested indeed.]",
      "standing" },
    { "building build lego block construction engineering carpentry",
      "{name} built a tower. One stone. Two stones. Three stones. Up!",
      "So {name} began to build: flat stones at the bottom, round ones in the middle, and at the very top [a "
      "leaf for a flag|one small pebble, for luck]. “There is a place for one more,” said {name} to "
      "{other}. “It needs somebody with a good eye.”",
      "sitting" },
    { "gardening garden flower plant tree", "{name} planted a seed. Pat, pat, pat. “Now we wait,” said {name}.",
      "So {name} took a seed out of a pocket, where there always was one, and planted it in front of "
      "{other}. [“Now you have something to look after,” said {name}.|“It won't be in a hurry,” said "
      "{name}, “and neither are we.”]",
      "sitting with a flower" },
    { "magic wizard witch spell potion fairy unicorn princess dragon",
      "“Abraca-one, abraca-two, abraca-me and abraca-you!” said {name}.",
      "So {name} rolled up both sleeves and spoke the only spell that {name} knew by heart: “Abraca-one, "
      "abraca-two, abraca-me and abraca-you.” [Nothing went bang. The good ones never do|Whether it was "
      "magic or only good manners, nobody could say].",
      "standing with arms up" },
    { "robot computer coding programming technology game videogame minecraft electronics",
      "{name} talked like a robot. “Beep. Hel-lo. Beep. Want to play?”",
      "So {name} took the problem apart into very small steps, the way you would for a robot: one, look; "
      "two, smile; three, say please; four, [start again from one|wait for the beep].",
      "standing" },
    { "puzzle chess math maths mathematics riddle number counting", "{name} counted. “One, two, three. You make four!”",
      "So {name} asked a riddle: “What gets bigger when you share it?” [Even the wind stopped to think. "
      "{Other} did not know, and wanted terribly to be told|“A laugh,” whispered {friend}. “I know "
      "that one, it's a laugh!”].",
      "sitting" },
    { "pirate ship sailing boat treasure adventure exploring travel travelling map",
      "“Ahoy!” said {name}. “Anchors up! All friends aboard!”",
      "So {name} stood like a captain, one hand above the eyes, and gave out the jobs: {friend} was the "
      "lookout, {name} the cook, and {other} was made [first mate, which is the best of all|admiral, with "
      "biscuits].",
      "standing with arms up" },
    { "insect butterfly bee bug beetle spider ant birdwatching bird",
      "{name} lay down and looked at an ant. “Look. So small! So strong!”",
      "So {name} lay down flat and looked very closely at what most people step over. [“Look,” said "
      "{name}, “there's an ant carrying a crumb twice as big as itself.” {Other} looked too|And the "
      "longer {name} looked, the closer {other} came to see what was so interesting].",
      "sitting" },
    { "running athletics gymnastics yoga climbing skating skiing cycling bike biking bicycle hiking "
      "skateboard scooter karate judo parkour",
      "{name} hopped on one leg. Hop, hop, hop. “Can you?”",
      "So {name} stood on one leg, arms out, like a stork with an idea, [and then on the other|and counted "
      "to twenty]. “It's not about not wobbling,” said {name}. “It's about enjoying the wobble. Come "
      "on, try!”",
      "standing with arms up" },
    { "theatre theater acting costume dressing fashion puppet circus clown juggling film movie cinema "
      "photography",
      "{name} made a big bow. “Ladies and gentlemen! Here is: {other}!”",
      "So {name} bowed to the left and bowed to the right and put on a play, all by heart, and [took every "
      "part but one. “That one is yours,” said {name} to {other}|forgot the words in the best place, so "
      "that somebody had to help].",
      "standing with arms up" },
    { "space astronomy planet star rocket moon astronaut galaxy",
      "{name} was a rocket. Three, two, one, wheee! “Now you!”",
      "So {name} counted backwards from ten, the way they do for rockets. [At three {friend} was counting "
      "too, and at one so was {other}, and they all took off without moving an inch|“Ten, nine, eight,” "
      "and with every number something seemed to get lighter, and at zero they all flew, if only on the "
      "inside].",
      "standing with arms up" },
    { "dancing dance ballet", "{name} took a bow. “May I have this dance?” Round, and round, and round!",
      "So {name} bowed deeply to {other} and said, “May I have this dance?” [Whoever has been asked like "
      "that cannot very well stay as they were|They began with the simplest one: sway, and sway, and never "
      "mind the feet].",
      "dancing with arms up" },
    { "dinosaur rex fossil paleontology", "“Do you know dinosaurs?” said {name}. “This one is as long as a bus!”",
      "So {name} drew a line on the ground, from here to all the way over there, to show how long the "
      "longest dinosaur was. [“And it only ate salad,” said {name}. {Other} had not known that about "
      "salad|Then they both looked at it for a while, and their troubles looked quite short beside it].",
      "walking" },
    { "drawing draw painting paint art colouring coloring sketching craft crafting",
      "{name} had a crayon. A red line, a blue line, a yellow line. “Look, that's you!”",
      "So {name} fetched a stub of crayon out of a pocket and began to colour in the stones, [one after the "
      "other, each in a different mood|first a red one, then a blue one, then one that was all the colours "
      "at once]. “Which do you like?” {name} asked {other}, and that was a question one could only "
      "answer by coming closer.",
      "sitting" },
    { "music singing sing song piano violin guitar drum flute",
      "{name} tapped on a stone. Tap, tap. Tap-a-tap. “Now you!” Tap.",
      "So {name} tapped a beat on a stone, tap, tap, tap-a-tap, and left a little gap at the end. [You can't "
      "hear a gap like that for long without wanting to fill it|The third time, something tapped back, from "
      "right where {other} was].",
      "sitting" },
    { "animal pet zoo vet wildlife cat kitten dog puppy rabbit",
      "{name} purred like a cat. Then {name} woofed. Then {name} quacked!",
      "So {name} did the animals, one after the other: the cat that wants to be let in, the cat that wants "
      "to be let out, and the dog that loves them both. [{friend} asked for the duck, and got two|By the "
      "time {name} got to the hippopotamus, nobody could keep a straight face].",
      "standing with arms up" },
    { "football soccer ball basketball handball sport goalkeeper volleyball rugby hockey cricket baseball "
      "tennis",
      "“We need a goalie,” said {name}. “Will you? Will you?”",
      "So {name} laid two jackets on the ground for a goal and looked round. “We're one short,” said "
      "{name} to {other}. “Would you mind?” [It is a wonderful thing to be the one that was "
      "missing|There are few sentences that have cheered up so many people].",
      "running with a red ball" },
    { "baking cooking cake cookie bake cook chocolate",
      "Stir, stir, stir! {name} made a mud cake. “It needs a cherry. It needs you!”",
      "So {name} made a cake out of what there was, which was mostly mud and a few good leaves, and stirred "
      "it as if it were for a king. [“It needs somebody to say when,” said {name}, and looked at "
      "{other}|“And now a pinch of something secret,” said {name}. “What have you got?”].",
      "sitting" },
    { "train railway locomotive tram", "“Tickets, please,” said {name}. “One for you. One for me. Toot, toot!”",
      "So {name} put on a very official face and inspected the tickets: a leaf from {friend}, a pebble from "
      "{name}, and from {other}, who hadn't got one, [a smile was accepted|nothing, because friends of the "
      "railway travel free].",
      "standing" },
    { "reading book library story comic literature", "“There is a book about you,” said {name}. “Listen! Page one.”",
      "So {name} opened both hands like a book and began to read out of them. [“Chapter one,” read "
      "{name}. “In which somebody turns out to be much nicer than expected.” {Other} wanted to know what "
      "happened in chapter two|It was a story about {other}, and it was rather a flattering one].",
      "sitting and reading a book" },
    { 0, "{name} told all about {interest}: the beginning, the middle and the very best part.",
      "So {name} did the surest thing {name} knew, and told {other} all about {interest}: [how it begins, "
      "what most people get wrong, and the very best part|with both hands, the way one does when one really "
      "means it]. Nobody can talk about something they love and stay a stranger.",
      "standing" },
};
