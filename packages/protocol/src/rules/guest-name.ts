/**
 * How a guest who gave no name is called: an adjective and an animal, made from the user's id, so that people can tell
 * guests apart at a glance. The server names them so, and a page knows the name before it has read the profile.
 */

/** Unicode has a picture of each, and nobody minds being called so. Their order is part of the name: only append. */
const animals: readonly (readonly [name: string, picture: string])[] = [
  ['Ant', '🐜'],
  ['Badger', '🦡'],
  ['Bat', '🦇'],
  ['Bear', '🐻'],
  ['Bee', '🐝'],
  ['Bison', '🦬'],
  ['Butterfly', '🦋'],
  ['Camel', '🐫'],
  ['Cat', '🐱'],
  ['Crab', '🦀'],
  ['Cricket', '🦗'],
  ['Crocodile', '🐊'],
  ['Deer', '🦌'],
  ['Dolphin', '🐬'],
  ['Dove', '🕊️'],
  ['Dragon', '🐉'],
  ['Duck', '🦆'],
  ['Eagle', '🦅'],
  ['Fish', '🐠'],
  ['Flamingo', '🦩'],
  ['Fox', '🦊'],
  ['Frog', '🐸'],
  ['Giraffe', '🦒'],
  ['Goat', '🐐'],
  ['Hamster', '🐹'],
  ['Hedgehog', '🦔'],
  ['Horse', '🐴'],
  ['Kangaroo', '🦘'],
  ['Koala', '🐨'],
  ['Ladybird', '🐞'],
  ['Leopard', '🐆'],
  ['Lion', '🦁'],
  ['Lizard', '🦎'],
  ['Llama', '🦙'],
  ['Lobster', '🦞'],
  ['Mammoth', '🦣'],
  ['Mouse', '🐭'],
  ['Octopus', '🐙'],
  ['Otter', '🦦'],
  ['Owl', '🦉'],
  ['Panda', '🐼'],
  ['Parrot', '🦜'],
  ['Peacock', '🦚'],
  ['Penguin', '🐧'],
  ['Rabbit', '🐰'],
  ['Raccoon', '🦝'],
  ['Ram', '🐏'],
  ['Rhino', '🦏'],
  ['Rooster', '🐓'],
  ['Sauropod', '🦕'],
  ['Scorpion', '🦂'],
  ['Seal', '🦭'],
  ['Shark', '🦈'],
  ['Sheep', '🐑'],
  ['Snail', '🐌'],
  ['Sparrow', '🐦'],
  ['Squid', '🦑'],
  ['Squirrel', '🐿️'],
  ['Swan', '🦢'],
  ['Tiger', '🐯'],
  ['Turtle', '🐢'],
  ['Unicorn', '🦄'],
  ['Wolf', '🐺'],
  ['Zebra', '🦓'],
]

const adjectives =
  'Able Agile Amber Bold Brave Bright Brisk Calm Candid Cheery Civil Clever Coral Cosy Crisp Curious Daring Deft Eager Early Fair Fond Frank Gentle Glad Golden Grand Happy Hardy Honest Humble Jade Jolly Keen Kind Lively Loyal Lucky Mellow Merry Mighty Mild Neat Nimble Noble Patient Plucky Polite Proud Quick Quiet Ready Sage Silver Sincere Spry Steady Sunny Swift Tidy Vivid Warm Wise Witty'.split(
    ' ',
  )

/** The guest's animal and the name that is made of it. The same for every reader of the same id. */
export function guestIdentity(user: string): { readonly name: string; readonly picture: string } {
  const hash = hashOf(user)
  const [animal, picture] = animals[hash % animals.length] ?? ['Guest', '']
  const adjective = adjectives[Math.floor(hash / animals.length) % adjectives.length] ?? ''
  return { name: `${adjective} ${animal}`, picture }
}

/** FNV-1a, then the finaliser of MurmurHash3, so that ids that differ in one letter have nothing else in common. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
