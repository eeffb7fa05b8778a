/**
 * Letters as a search compares them: without case, without accents, and without what only one keyboard has. Marks that
 * make another letter stay: the sound marks of kana, the vowel signs of Indic scripts, the tones of Thai.
 */

/** Accents and points of alphabets. Marks of scripts in which a mark is a letter of its own are none of these. */
const accents =
  /(?![\u3099\u309a])(?=[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}])\p{M}/gu

/** The soft hyphen and the zero width joiner stand within words and are not seen. */
const unseen = /[\u00ad\u200d]/g

const markedKana = /[\u3040-\u30ff][\u3099\u309a]/g

/** Lower-case letters that Unicode does not decompose, and what people type for them. */
const plainLetters: Readonly<Record<string, string>> = {
  ...{
    ł: 'l',
    ø: 'o',
    đ: 'd',
    ħ: 'h',
    ŧ: 't',
    ƀ: 'b',
    ǥ: 'g',
    ɨ: 'i',
    ƶ: 'z',
    ȼ: 'c',
    ɇ: 'e',
    ɉ: 'j',
    ɍ: 'r',
    ɏ: 'y',
    ⱥ: 'a',
  },
  ...{ æ: 'ae', œ: 'oe', ð: 'd', þ: 'th' },
}

const unlikePlain = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'g')

/**
 * There and back by upper case is Unicode's full case folding, which lower case alone is not: `ß` and `ẞ` become `ss`,
 * `ı` becomes `i`, `ſ` becomes `s`. A sigma at a word's end becomes the one within words, where a prefix ends and its
 * word goes on.
 */
export function foldLetters(text: string): string {
  const bare = text.normalize('NFKD').replace(accents, '').replace(unseen, '')
  const cased = bare.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
  return cased
    .replace(unlikePlain, (letter) => plainLetters[letter] ?? letter)
    .replace(markedKana, (kana) => kana.normalize('NFC'))
}
