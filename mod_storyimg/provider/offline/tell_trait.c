/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell.h"

/* What a trait does when everybody else is stuck. The last row, without keys but with text, fits anybody. */
const simg_tell_gift simg_tell_traits[] = {
    { "brave courageous courage bravery bold fearless daring",
      "{name} was brave. One step. Two steps. Three steps closer!",
      "{name}'s knees were a little wobbly. [But brave people have wobbly knees too; they just take them "
      "along.|“Come along, knees,” said {name}, because that is how brave people talk to theirs.] {name} "
      "took one step closer to {other}, and then another, and then a third.",
      "walking" },
    { "curious curiosity inquisitive nosy wondering why question",
      "{name} was curious. “Why?” asked {name}. “Why, why, why?”",
      "{name} did what curious people do, and asked the question that nobody had asked. [“What is it "
      "like,” said {name}, “to be {other}?”|“Has anybody ever just asked {other}?” said {name}.] "
      "{friend} opened {fhis} mouth and shut it again. It was a very good question.",
      "standing" },
    { "kind kindness caring loving warm compassionate empathetic kindhearted nice sweet",
      "{name} was kind. {name} looked, and looked again. “Oh! {Other} only needs a friend.”",
      "{name} looked again, the kind way, which is slowly and with the head on one side. And then it was "
      "plain to see: nothing here was [bad or broken|wicked or wrong]. {Other} had only been left alone for "
      "rather too long.",
      "standing" },
    { "funny humorous humour humor witty silly goofy comical joker",
      "{name} was funny. {name} made a face like a fish. “Hee hee,” said somebody.",
      "It had all become so serious that {name} simply had to make the face: [the one with the crossed eyes "
      "and the fish mouth|the one that had once made a bus driver miss a stop]. Being funny is a kind of "
      "key. {friend} snorted first, and after that nothing looked half so difficult.",
      "standing with arms up" },
    { "shy quiet reserved introverted timid bashful", "{name} was quiet. {name} sat down and waited. Shh. Shh. Shh.",
      "{name} knew all about being quiet, and about how loud other people's eyes can be. {name} sat down "
      "near {other}, not too near, looked the other way, and waited. [Some doors only open when nobody is "
      "staring at them.|It is surprising what comes closer when you let it.]",
      "sitting" },
    { "clever smart intelligent bright brainy wise wisdom ingenious genius",
      "{name} was clever. {name} thought, and thought, and thought. “Aha!”",
      "{name} thought about it forwards, which didn't help, and then backwards, which did. [“We have been "
      "asking how to begin,” said {name}. “We should ask how {other} would like it to "
      "end.”|“Everybody has pushed,” said {name}. “Has anybody tried saying hello?”] That was "
      "clever, and also true.",
      "sitting" },
    { "patient patience calm peaceful relaxed serene",
      "{name} was calm. {name} breathed in. {name} breathed out. “We have time.”",
      "{name} was never in a hurry, and that turned out to be just the thing. {name} sat down, breathed in, "
      "breathed out, and let the moment grow as long as it liked. [Bit by bit, {other} grew calmer "
      "too.|{Other} noticed. Calm is catching, like yawning.]",
      "sitting" },
    { "stubborn determined persistent persevering determination perseverance tenacious focused headstrong",
      "{name} did not give up. Once more. And once more. And once more!",
      "“Once more,” said {name}. It was the fourth once more. [There are people who are called stubborn "
      "on Mondays and determined on Fridays, and {name} was one of them.|{name} could be as stubborn as a "
      "jam jar, and this was a good day for it.] Giving up simply hadn't been packed.",
      "walking" },
    { "gentle soft tender sensitive softhearted mild",
      "{name} was gentle. {name} spoke very, very softly. “Hello, you.”",
      "{name} spoke so softly that even the air leaned in to listen. [“It's all right,” said {name}. "
      "“Nobody here is going to grab.”|“You needn't do anything,” said {name}. “We're only saying "
      "hello.”] Gentle words are small, but they fit through very narrow gaps, and {other} heard every "
      "one.",
      "standing" },
    { "cheerful happy joyful merry sunny optimistic positive joyous bubbly",
      "{name} laughed. {name} was a happy one! “It will be all right. You'll see!”",
      "“Well,” said {name} cheerfully, “things can only get funnier from here.” [And because good "
      "moods are a bit like puppies, this one ran straight over to {other} and wagged.|{friend} couldn't "
      "help smiling, and a smile is a good place to start from.]",
      "waving" },
    { "creative imaginative imagination inventive artistic creativity inventor dreamer dreamy",
      "{name} had an idea. “What if?” said {name}. “What if? What if?”",
      "“What if,” said {name}, and {friend} turned round at once, because {name}'s what-ifs were known "
      "to be good. “What if {other} [isn't stuck at all, but waiting for something beautiful|has been "
      "waiting all this time for somebody to play with]?” Nobody else would ever have imagined it.",
      "standing" },
    { "helpful generous giving sharing considerate unselfish thoughtful attentive",
      "{name} liked to help. “I can help,” said {name}. “I can, I can!”",
      "“How can I help?” asked {name}, and didn't ask {friend} this time, but {other}. [Nobody had ever "
      "put it that way round.|It is a short question, and it opens more doors than any key.] Then {name} "
      "waited for the answer, which is the thoughtful part.",
      "standing" },
    { "energetic lively active wild bouncy sporty fast quick speedy strong sporting",
      "{name} could not stand still. Hop! Hop! Hop! And hop again!",
      "{name} had been sitting still for nearly a whole minute, and that was plenty. Up and down went "
      "{name}, [faster than the eye could follow|three times around {other} and back], until {friend} was "
      "dizzy from looking. So much energy has to go somewhere, and now it knew where.",
      "running" },
    { "careful cautious responsible organised organized neat tidy sensible",
      "{name} was careful. First a look. Then a touch. Then a little step.",
      "{name} never rushed into things. {name} looked at {other} from the left, then from the right, and "
      "then, [which most people forget, from below|because there is always time for it, from the left "
      "again]. And there it was: one small thing that everybody in a hurry had missed.",
      "standing" },
    { "adventurous adventure explorer daredevil intrepid",
      "{name} loved adventures. “Let's go and see!” said {name}. “Let's go, let's go!”",
      "“This is the good part,” said {name}. [“In every adventure there is a place where you don't "
      "know what happens next. Here it is!”|“If we knew how it ended, it would only be an errand.”] "
      "{friend} thought about that, and stood up a little straighter.",
      "walking" },
    { "friendly sociable outgoing social extroverted charming loyal faithful kindly",
      "{name} was a good friend. “Hello,” said {name}. “I'm {name}. Who are you?”",
      "{name} did what {name} would have done at any bus stop: [smiled, said hello and moved up to make "
      "room|said hello, and meant it]. “I'm {name},” said {name} to {other}. “We could be friends, if "
      "you have nothing else on today.” Nobody has ever had anything better on than that.",
      "waving" },
    { "playful mischievous cheeky naughty prankster", "“Let's play!” said {name}. “Peekaboo! Peekaboo! Peekaboo!”",
      "There was a look in {name}'s eye that {friend} had learnt to recognise. [“Bet you can't catch "
      "me,” said {name} to {other}.|“Bet you can't guess what I'm thinking,” said {name} to {other}.] "
      "It is very hard to go on being difficult when somebody wants to play.",
      "running" },
    { "honest truthful honesty fair direct",
      "“I don't know how,” said {name}. “But I would like to try.” And that was true.",
      "“To be honest,” said {name}, “I have no idea what to do.” [It was the truth, and it sat there "
      "in the open like a friendly dog.|{friend} breathed out. Not knowing is only half as bad when there "
      "are two of you.] After that it was much easier to think.",
      "standing" },
    { "chatty talkative storyteller chatterbox eloquent",
      "{name} talked and talked and talked. “And then! And then! And then!”",
      "{name} began to talk: about breakfast, about a lost sock, about the cousin of a neighbour's parrot. "
      "[It might have gone on till Thursday.|There were no full stops in it anywhere.] And {other}, who had "
      "not been told anything for years, leaned closer so as not to miss a word.",
      "standing" },
    { "sleepy lazy cosy snug", "{name} yawned. {friend} yawned. Yaaawn. Then everything was soft.",
      "{name} yawned. It was a very good yawn, with a stretch at the end, and it went round like a plate of "
      "biscuits. [{friend} took one. Even {other} seemed to take one.|Even {other} seemed a little looser "
      "afterwards.] The best ideas come just when you stop chasing them.",
      "sitting" },
    { "grumpy moody serious fierce feisty fiery spirited",
      "“Hmpf,” said {name}. “Hmpf, hmpf, hmpf.” And then {name} grinned.",
      "{name} folded both arms. [“I know what a bad mood looks like from the inside,” said {name}. "
      "“It's mostly hungry.”|“Hmpf,” said {name}, and listened. Something near {other} said hmpf "
      "right back.] It takes one to know one, and now {name} knew what to do.",
      "standing" },
    { "brave courageous courage bravery bold fearless daring",
      "“I will go first,” said {name}. And {name} went first. Very brave!",
      "“I'll go first,” said {name}. [It is a short sentence, and it makes everybody behind you a little "
      "braver too.|It came out rather squeaky, but it came out.] And {name} went right up to {other}, until "
      "there was nothing in between but good manners.",
      "walking" },
    { "curious curiosity inquisitive nosy wondering why question",
      "{name} looked at the top. {name} looked at the bottom. “Hm! What's this?”",
      "{name} couldn't help wondering. {name} wondered what was round the back, and went to look; and what "
      "was underneath, and lay down flat. [“Most people never look here,” said {name} from below, very "
      "pleased.|“Aha,” said {name}, and then, “Oh!”] When {name} came up again, there was dust on "
      "that nose, and an idea.",
      "sitting" },
    { "kind kindness caring loving warm compassionate empathetic kindhearted nice sweet",
      "“Are you sad?” said {name}. “I will stay with you.” That was kind.",
      "“Would you like some company,” said {name} to {other}, “or would you rather be by yourself, "
      "with somebody next to you?” [That second thing was exactly what was needed, and nobody had ever "
      "offered it.|Only a kind person knows that there is a second sort.]",
      "sitting" },
    { "funny humorous humour humor witty silly goofy comical joker",
      "“Knock, knock,” said {name}. “Who's there?” said {friend}. “Moo!” said {name}.",
      "“What did the left shoe say to the right one?” asked {name}. Nobody knew. “We'd better stick "
      "together, or we'll both look silly.” [It was not even a very good joke. But it was so quiet there "
      "that you could hear {other} trying not to laugh.|{friend} groaned. It is well known that a groan is a "
      "laugh on its way out.]",
      "standing" },
    { "shy quiet reserved introverted timid bashful",
      "{name} was quiet, and so was {other}. Two quiet ones. That was nice.",
      "{name} didn't say anything, and said it in a friendly way. [There are two kinds of quiet, the one "
      "that shuts a door and the one that opens it, and shy people know the difference.|Loud people would "
      "have missed it: a tiny movement, there and gone.] It was {other} who looked up first.",
      "sitting" },
    { "clever smart intelligent bright brainy wise wisdom ingenious genius",
      "{name} counted on ten fingers. Then {name} said: “I know! I know!”",
      "{name} drew three small circles in the dust: what they had, what they needed, and what they could do "
      "without. [Then {name} rubbed out the second and the third, and it was suddenly quite simple.|The "
      "third one was the largest. That helped.] “I think,” said {name} slowly, “that {other} needs a "
      "reason.”",
      "sitting" },
    { "creative imaginative imagination inventive artistic creativity inventor dreamer dreamy",
      "{name} shut both eyes and saw it. “It could be like this!”",
      "{name} shut both eyes, because that is where the pictures are. In there {other} looked quite "
      "different: [as merry as a fairground on the first warm evening|like somebody who has just been told "
      "that it's their birthday]. “Ah,” said {name}, and opened them again. Now it only had to be made "
      "true.",
      "standing" },
    { 0, "{name} looked. {name} listened. “I have an idea,” said {name}.",
      "{name} [stood quite still and listened|looked at {other} for a long, quiet moment]. [Other people "
      "would have pushed, or shouted, or gone home. {name} had an idea.|Everybody else had an opinion. "
      "{name} had an idea.] It started small, somewhere behind the left ear, and grew until it had to be "
      "tried.",
      "standing" },
};
