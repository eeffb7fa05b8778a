/** The emoji on a message's toolbar. */
export const quickEmoji = ['👍', '❤️', '🎉'] as const

export interface EmojiGroup {
  name: string
  emoji: readonly string[]
}

const split = (emoji: string): string[] => emoji.split(' ')

/**
 * ui/emoji/: which emoji can be picked, and how?
 *
 * A selection that fits one popover; any other emoji can be typed.
 */
export const emojiGroups: readonly EmojiGroup[] = [
  { name: 'Faces', emoji: split('😀 😄 😂 😅 😊 😍 😘 😎 🤔 🤨 😐 🙄 😏 😴 😮 😢 😭 😡 🤯 🥳 🤗 🤝 🫡 🙃') },
  { name: 'Hands', emoji: split('👍 👎 👏 🙌 🙏 💪 👋 👌 ✌️ 🤞 👉 👈 ☝️ ✍️ 🫶 🤷') },
  { name: 'Things', emoji: split('❤️ 🔥 ⭐ ✨ 🎉 🎂 🚀 💡 📌 📎 📈 📉 🔧 🐛 🧪 ☕ 🍕 🌱 ☀️ 🌧️ 🐱 🐶 🦊 👀') },
  { name: 'Signs', emoji: split('✅ ❌ ❓ ❗ ➕ ➖ ⏳ 🔒 🔑 💬 🔔 🔕 ⬆️ ⬇️ ➡️ ♻️') },
]
