/** The three that a message's toolbar offers. */
export const quickEmoji = ['👍', '❤️', '🎉'] as const

export interface EmojiGroup {
  name: string
  emoji: readonly string[]
}

const split = (emoji: string): string[] => emoji.split(' ')

/** A choice that fits a page; any other emoji can be typed. */
export const emojiGroups: readonly EmojiGroup[] = [
  { name: 'Faces', emoji: split('😀 😄 😂 😅 😊 😍 😘 😎 🤔 🤨 😐 🙄 😏 😴 😮 😢 😭 😡 🤯 🥳 🤗 🤝 🫡 🙃') },
  { name: 'Hands', emoji: split('👍 👎 👏 🙌 🙏 💪 👋 👌 ✌️ 🤞 👉 👈 ☝️ ✍️ 🫶 🤷') },
  { name: 'Things', emoji: split('❤️ 🔥 ⭐ ✨ 🎉 🎂 🚀 💡 📌 📎 📈 📉 🔧 🐛 🧪 ☕ 🍕 🌱 ☀️ 🌧️ 🐱 🐶 🦊 👀') },
  { name: 'Signs', emoji: split('✅ ❌ ❓ ❗ ➕ ➖ ⏳ 🔒 🔑 💬 🔔 🔕 ⬆️ ⬇️ ➡️ ♻️') },
]
