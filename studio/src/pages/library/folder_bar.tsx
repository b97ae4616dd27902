// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import type { Folder } from '../../api/types';
import { useAct } from '../../lib/load';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { problemText } from '../../ui/error_view';
import { TextField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Menu } from '../../ui/menu';
import { libraryWords as words } from '../../words/library';
import { shellWords } from '../../words/shell';
import { folders, nameFolder, removeFolder } from './folders';

// A new folder or, with `folder`, another name for it.
export function FolderName({
  folder,
  onClose,
  onMade,
}: {
  folder?: Folder;
  onClose: () => void;
  onMade?: (folder: Folder) => void;
}) {
  const [name, setName] = useState(folder?.name ?? '');
  const { problem, run, clear } = useAct();
  const isTaken = folders.value.some((other) => other.id !== folder?.id && other.name === name.trim());
  const send = async (event?: Event) => {
    event?.preventDefault();
    if (isTaken || name.trim() === '') return;
    const made = await run(() => nameFolder(name.trim(), folder));
    if (made === null) return;
    onMade?.(made);
    onClose();
  };
  return (
    <Dialog
      title={words(folder === undefined ? 'newFolder' : 'renameFolder')}
      onClose={onClose}
      actions={
        <>
          <Button look="quiet" onClick={onClose}>
            {shellWords('cancel')}
          </Button>
          <Button look="main" disabled={isTaken || name.trim() === ''} onClick={send}>
            {words(folder === undefined ? 'add' : 'rename')}
          </Button>
        </>
      }
    >
      <form onSubmit={send}>
        <TextField
          label={words('folderName')}
          value={name}
          maxLength={60}
          autofocus
          error={isTaken ? words('folderTaken') : problem && problemText(problem)}
          onValue={(value) => {
            setName(value);
            clear();
          }}
        />
      </form>
    </Dialog>
  );
}

function FolderMenu({ folder, onGone }: { folder: Folder; onGone: () => void }) {
  const [isNaming, setNaming] = useState(false);
  return (
    <>
      <Menu
        size="s"
        label={words('folderActions', { name: folder.name })}
        side="start"
        items={[
          { label: words('renameFolder'), icon: 'folder', run: () => setNaming(true) },
          {
            label: words('removeFolder'),
            icon: 'trash',
            isBad: true,
            run: () => {
              void removeFolder(folder.id);
              onGone();
            },
          },
        ]}
      />
      {isNaming && <FolderName folder={folder} onClose={() => setNaming(false)} />}
    </>
  );
}

// `chosen`: the id of the folder that is shown; null: all clips.
export function FolderBar({
  chosen,
  onChoose,
}: {
  chosen: string | null;
  onChoose: (id: string | null) => void;
}) {
  const [isAdding, setAdding] = useState(false);
  const open = folders.value.find(({ id }) => id === chosen);
  return (
    <div class="folders" role="group" aria-label={words('folders')}>
      <button type="button" class="chip" aria-pressed={open === undefined} onClick={() => onChoose(null)}>
        {words('all')}
      </button>
      {folders.value.map(({ id, name, video_ids }) => (
        <button key={id} type="button" class="chip" aria-pressed={chosen === id} onClick={() => onChoose(id)}>
          <Icon name="folder" size={15} />
          {name} <span class="numbers quiet">{video_ids.length}</span>
        </button>
      ))}
      <button type="button" class="chip" onClick={() => setAdding(true)}>
        <Icon name="plus" size={15} />
        {words('newFolder')}
      </button>
      {open !== undefined && <FolderMenu folder={open} onGone={() => onChoose(null)} />}
      {isAdding && <FolderName onClose={() => setAdding(false)} onMade={({ id }) => onChoose(id)} />}
    </div>
  );
}
