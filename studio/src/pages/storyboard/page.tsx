// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../api/problem';
import { can } from '../../models/models';
import { useTitle } from '../../lib/title';
import { formatDuration } from '../../lib/time';
import { draftModel, draftSize, sizes } from '../create/draft';
import { imageIn, readImage } from '../create/image';
import { PickPicture } from '../create/pick_picture';
import { Button, IconButton } from '../../ui/button';
import { ErrorView } from '../../ui/error_view';
import { Select } from '../../ui/field';
import { toast } from '../../ui/toast';
import { makeVideo, newKey } from '../../videos/actions';
import { boardWords as words } from '../../words/storyboard';
import { shellWords } from '../../words/shell';
import {
  type Card,
  cards,
  CARDS_MAX,
  bodyOf,
  change,
  firstPicture,
  isUneven,
  made,
  moved,
  newCard,
  remove,
  total,
  TOTAL_MAX,
  written,
} from './board';
import { Film } from './film';
import './storyboard.css';

const LENGTHS = ['1', '2', '4', '6', '8', '10', '15', '20'] as const;

async function takePicture(data: DataTransfer | null): Promise<void> {
  const file = imageIn(data);
  const image = file === null ? null : await readImage(file);
  if (image !== null) firstPicture.value = image;
  else if (file !== null) toast(words('pictureTooLarge'), { look: 'bad' });
}

function FirstPicture() {
  const image = firstPicture.value;
  if (image !== null) {
    return (
      <div class="card-picture">
        <img src={image.url} alt={words('picture', { name: image.name })} />
        <IconButton
          size="s"
          look="plain"
          icon="close"
          label={words('removePicture')}
          onClick={() => {
            firstPicture.value = null;
          }}
        />
      </div>
    );
  }
  return (
    <PickPicture
      label={words('addPicture')}
      whyNot={words('noPicture')}
      onPick={(data) => void takePicture(data)}
    />
  );
}

// Lengths after which the model can go on; the last scene may have any. What was chosen before stays.
function lengthsOf(card: Card, isLast: boolean, step: number): readonly string[] {
  return LENGTHS.filter((one) => isLast || Number(one) % step === 0 || Number(one) === card.seconds);
}

function CardView({ card, index, step }: { card: Card; index: number; step: number }) {
  const item = useRef<HTMLLIElement>(null);
  const n = index + 1;
  // As wide as it is long.
  useEffect(() => {
    item.current?.style.setProperty('--seconds', String(card.seconds));
  }, [card.seconds]);
  const move = (by: number) => {
    cards.value = moved(cards.value, card.id, by);
    requestAnimationFrame(() => item.current?.querySelector('textarea')?.focus());
  };
  return (
    <li
      ref={item}
      class="card"
      onKeyDown={(event) => {
        if (!event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
        event.preventDefault();
        move(event.key === 'ArrowLeft' ? -1 : 1);
      }}
    >
      <header>
        <strong>{words('card', { n })}</strong>
        <IconButton
          size="s"
          icon="left"
          label={words('earlier', { n })}
          disabled={index === 0}
          onClick={() => move(-1)}
        />
        <IconButton
          size="s"
          icon="right"
          label={words('later', { n })}
          disabled={n === cards.value.length}
          onClick={() => move(1)}
        />
        <IconButton
          size="s"
          icon="trash"
          label={words('removeCard', { n })}
          disabled={cards.value.length === 1}
          onClick={() => remove(card.id)}
        />
      </header>
      <textarea
        class="input"
        rows={4}
        value={card.prompt}
        aria-label={words('cardPrompt', { n })}
        placeholder={words(index === 0 ? 'placeholderFirst' : 'placeholderNext')}
        maxLength={32000}
        onInput={(event) => change(card.id, { prompt: event.currentTarget.value })}
      />
      {index === 0 && <FirstPicture />}
      <Select
        label={words('cardLength', { n })}
        value={String(card.seconds)}
        choices={lengthsOf(card, n === cards.value.length, step).map((value) => ({
          value,
          label: formatDuration(Number(value)),
        }))}
        onValue={(value) => change(card.id, { seconds: Number(value) })}
      />
    </li>
  );
}

export default function StoryboardPage() {
  const [size, setSize] = useState(draftSize.peek());
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const pressed = useRef({ text: '', key: '' });
  useTitle(words('title'));
  const model = draftModel.value;
  const step = model?.aozora?.cut_seconds ?? 1;
  const reason =
    !can(model, 'extension') && model !== null
      ? words('noExtension', { model: model.id })
      : written.value.length === 0
        ? words('noCards')
        : total.value > TOTAL_MAX
          ? words('tooLong', { n: TOTAL_MAX })
          : isUneven(written.value, step)
            ? words('uneven', { n: step })
            : undefined;
  // Sent again because the answer was lost, it is the same film.
  const render = async () => {
    setBusy(true);
    const body = bodyOf(written.value, sizeNow, model?.id ?? null, firstPicture.value?.url ?? null);
    const text = JSON.stringify(body);
    if (pressed.current.text !== text) pressed.current = { text, key: newKey() };
    const answer = await makeVideo(body, pressed.current.key);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    pressed.current = { text: '', key: '' };
    made.value = answer.value.id;
    scrollTo({ top: 0 });
  };
  const sizeNow = sizes.value.includes(size) ? size : draftSize.value;
  return (
    <div class="stack board">
      <div class="stack-s">
        <h1>{words('title')}</h1>
        <p class="quiet board-lead">{words('lead')}</p>
      </div>
      <Film />
      <ol class="cards">
        {cards.value.map((card, index) => (
          <CardView key={card.id} card={card} index={index} step={step} />
        ))}
        {cards.value.length < CARDS_MAX && (
          <li class="card-add">
            <Button
              look="quiet"
              icon="plus"
              onClick={() => {
                cards.value = [...cards.value, newCard()];
              }}
            >
              {words('addCard')}
            </Button>
          </li>
        )}
      </ol>
      <div class="board-foot">
        <Select
          label={words('size')}
          value={sizeNow}
          choices={sizes.value.map((value) => ({ value, label: value.replace('x', ' × ') }))}
          onValue={setSize}
        />
        <p class="small quiet numbers">
          {words('total', { n: written.value.length, time: formatDuration(total.value) })}
        </p>
        <Button
          look="main"
          size="l"
          icon="play"
          reason={reason}
          isBusy={isBusy}
          onClick={() => void render()}
        >
          {words('render')}
        </Button>
      </div>
      {problem !== null && <ErrorView problem={problem} isSmall onRetry={() => void render()} />}
      <p class="small quiet">
        {words('keys')} <a href="/">{shellWords('toCreate')}</a>
      </p>
    </div>
  );
}
