import { SmilePlus } from 'lucide-react'
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { useOpenOnMount } from '../use-open-on-mount.ts'
import { emojiGroups } from './emoji.ts'
import styles from './emoji-picker.module.css'

export interface EmojiPickerProps {
  label: string
  onPick: (emoji: string) => void
}

export function EmojiPicker({ label, onPick }: EmojiPickerProps) {
  const { trigger, isOpen, setOpen } = useOpenOnMount()
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button ref={trigger} aria-label={label} className={styles.trigger ?? ''}>
        <SmilePlus size={16} aria-hidden />
      </Button>
      <Popover className={styles.popover ?? ''}>
        <Dialog aria-label="Emoji" className={styles.dialog ?? ''}>
          {({ close }) =>
            emojiGroups.map(({ name, emoji }) => (
              <section key={name}>
                <h3 className={styles.name}>{name}</h3>
                <div className={styles.grid}>
                  {emoji.map((each) => (
                    <button
                      key={each}
                      type="button"
                      className={styles.emoji}
                      onClick={() => {
                        onPick(each)
                        close()
                      }}
                    >
                      {each}
                    </button>
                  ))}
                </div>
              </section>
            ))
          }
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
