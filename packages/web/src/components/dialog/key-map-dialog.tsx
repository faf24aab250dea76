import { commandIds, type KeyGroup, keyMap } from '../../keys/key-map.ts';
import { words } from '../../text/words.ts';
import { KeyHint } from '../controls/key-hint.tsx';
import style from './modal.module.css';
import { Modal } from './modal.tsx';

const groups: KeyGroup[] = ['task', 'list', 'go', 'app'];

/** All keys on one page, from the one table. */
export function KeyMapDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title={words.keys.title} wide onClose={onClose}>
      <div className={style.keys}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{words.keys.groups[group]}</h3>
            <dl>
              {commandIds
                .filter((id) => keyMap[id].group === group && keyMap[id].keys.length > 0)
                .map((id) => (
                  <div key={id} className={style.keyRow}>
                    <dt>{keyMap[id].label}</dt>
                    <dd>
                      {keyMap[id].keys.map((keys) => (
                        <KeyHint key={keys} keys={keys} />
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
