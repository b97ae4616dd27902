// SPDX-License-Identifier: Apache-2.0
// Everything one has made.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useTitle } from '../../lib/title';
import { Button, LinkButton } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { ErrorView } from '../../ui/error_view';
import { Menu, type MenuItem } from '../../ui/menu';
import { Waiting } from '../../ui/progress';
import { isLoaded, problem, refresh, videos } from '../../videos/store';
import { deleteLater } from '../../videos/undo';
import { StateCard } from '../../videos/ui/running_card';
import { Tile, titleOf } from '../../videos/ui/tile';
import { libraryWords as words } from '../../words/library';
import { shellWords } from '../../words/shell';
import { videoWords } from '../../words/videos';
import { FolderBar, FolderName } from './folder_bar';
import { folders, loadFolders, moveTo } from './folders';
import { type Filter, NO_FILTER, select } from './search';
import { Tools } from './tools';
import '../../ui/chip.css';
import './library.css';

// As many as a large screen shows; the rest when its end comes near.
const PORTION = 60;

function useSearchKey(): void {
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element && event.target.closest('input, textarea, select') !== null;
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      document.querySelector<HTMLInputElement>('.shelf-search input')?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
}

function Selection({ ids, onDone }: { ids: ReadonlySet<string>; onDone: () => void }) {
  const [isAdding, setAdding] = useState(false);
  const chosen = [...ids];
  const move = (folder: string | null) => {
    void moveTo(folder, chosen);
    onDone();
  };
  const items: MenuItem[] = [
    ...folders.value.map(({ id, name }): MenuItem => ({ label: name, icon: 'folder', run: () => move(id) })),
    { label: words('newFolder'), icon: 'plus', run: () => setAdding(true) },
    { label: words('noFolder'), icon: 'close', isApart: true, run: () => move(null) },
  ];
  return (
    <div class="selection" role="region" aria-label={words('selection')}>
      <strong aria-live="polite">{words('selected', { n: ids.size })}</strong>
      <Menu size="s" look="plain" icon="folder" label={words('move')} items={items}>
        {words('move')}
      </Menu>
      <Button
        size="s"
        look="danger"
        icon="trash"
        onClick={() => {
          deleteLater(chosen);
          onDone();
        }}
      >
        {videoWords('delete')}
      </Button>
      <Button size="s" look="quiet" onClick={onDone}>
        {shellWords('cancel')}
      </Button>
      {isAdding && <FolderName onClose={() => setAdding(false)} onMade={({ id }) => move(id)} />}
    </div>
  );
}

export default function LibraryPage() {
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [folder, setFolder] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isChoosing, setChoosing] = useState(false);
  const [shown, setShown] = useState(PORTION);
  useSearchKey();
  useTitle(words('title'));
  useEffect(() => void loadFolders(), []);
  const all = videos.value;
  const inFolder = useMemo(() => {
    const found = folders.value.find(({ id }) => id === folder);
    return found === undefined ? null : new Set(found.video_ids);
  }, [folder, folders.value]);
  const found = useMemo(() => select(all, filter, inFolder), [all, filter, inFolder]);
  const isCut = found.length > shown;

  if (!isLoaded.value) {
    return problem.value === null ? (
      <Waiting />
    ) : (
      <ErrorView problem={problem.value} onRetry={() => void refresh()} />
    );
  }
  if (all.length === 0) {
    return (
      <Empty icon="film" title={words('emptyTitle')} text={words('emptyText')}>
        <LinkButton look="main" href="/">
          {shellWords('toCreate')}
        </LinkButton>
      </Empty>
    );
  }
  const done = () => {
    setChosen(new Set());
    setChoosing(false);
  };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const playable = found.filter(({ status }) => status === 'completed').slice(0, shown);
  const others = found.filter(({ status }) => status !== 'completed');
  return (
    <div class="stack shelf">
      <div class="shelf-head">
        <h1>{words('title')}</h1>
        <span class="quiet numbers" aria-live="polite">
          {words('count', { n: found.length })}
        </span>
        <Button
          size="s"
          look="quiet"
          class="shelf-choose"
          aria-pressed={isChoosing}
          onClick={() => (isChoosing ? done() : setChoosing(true))}
        >
          {words('choose')}
        </Button>
      </div>
      <Tools
        filter={filter}
        onFilter={(change) => {
          setFilter({ ...filter, ...change });
          setShown(PORTION);
        }}
      />
      <FolderBar chosen={folder} onChoose={setFolder} />
      {others.length > 0 && (
        <div class="running-list">
          {others.slice(0, 20).map((video) => (
            <StateCard key={video.id} video={video} />
          ))}
        </div>
      )}
      {found.length === 0 && (
        <Empty icon="search" title={words('noneTitle')} text={words('noneText')}>
          <Button
            onClick={() => {
              setFilter(NO_FILTER);
              setFolder(null);
            }}
          >
            {words('clear')}
          </Button>
        </Empty>
      )}
      <div class="tiles">
        {playable.map((video) => (
          <Tile key={video.id} video={video}>
            {isChoosing && (
              <label class="tile-choose">
                <input type="checkbox" checked={chosen.has(video.id)} onChange={() => toggle(video.id)} />
                <span class="visually-hidden">{videoWords('select', { prompt: titleOf(video) })}</span>
              </label>
            )}
          </Tile>
        ))}
      </div>
      {isCut && (
        <Button class="shelf-more" onClick={() => setShown(shown + PORTION)}>
          {words('more')}
        </Button>
      )}
      {isChoosing && chosen.size > 0 && <Selection ids={chosen} onDone={done} />}
    </div>
  );
}
