// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Menu } from '../../ui/menu';
import { libraryWords as words } from '../../words/library';
import { shellWords } from '../../words/shell';
import { addFolder, folders, removeFolder } from './folders';

export function NewFolder({ onClose, onMade }: { onClose: () => void; onMade?: (name: string) => void }) {
  const [name, setName] = useState('');
  const [isTaken, setTaken] = useState(false);
  const add = (event?: Event) => {
    event?.preventDefault();
    if (!addFolder(name)) {
      setTaken(true);
      return;
    }
    onMade?.(name.trim());
    onClose();
  };
  return (
    <Dialog
      title={words('newFolder')}
      onClose={onClose}
      actions={
        <>
          <Button look="quiet" onClick={onClose}>
            {shellWords('cancel')}
          </Button>
          <Button look="main" onClick={add}>
            {words('add')}
          </Button>
        </>
      }
    >
      <form onSubmit={add}>
        <TextField
          label={words('folderName')}
          hint={words('folderHint')}
          value={name}
          maxLength={60}
          autofocus
          error={isTaken ? words('folderTaken') : null}
          onValue={(value) => {
            setName(value);
            setTaken(false);
          }}
        />
      </form>
    </Dialog>
  );
}

export function FolderBar({
  chosen,
  onChoose,
}: {
  chosen: string | null;
  onChoose: (name: string | null) => void;
}) {
  const [isAdding, setAdding] = useState(false);
  return (
    <div class="folders" role="group" aria-label={words('folders')}>
      <button type="button" class="chip" aria-pressed={chosen === null} onClick={() => onChoose(null)}>
        {words('all')}
      </button>
      {folders.value.map(({ name, ids }) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-pressed={chosen === name}
          onClick={() => onChoose(name)}
        >
          <Icon name="folder" size={15} />
          {name} <span class="numbers quiet">{ids.length}</span>
        </button>
      ))}
      <button type="button" class="chip" onClick={() => setAdding(true)}>
        <Icon name="plus" size={15} />
        {words('newFolder')}
      </button>
      {chosen !== null && (
        <Menu
          size="s"
          label={words('folderActions', { name: chosen })}
          side="start"
          items={[
            {
              label: words('removeFolder'),
              icon: 'trash',
              isBad: true,
              run: () => {
                removeFolder(chosen);
                onChoose(null);
              },
            },
          ]}
        />
      )}
      {isAdding && <NewFolder onClose={() => setAdding(false)} onMade={onChoose} />}
    </div>
  );
}
