// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { useAct, useLoad } from '../../lib/load';
import { place } from '../../router/router';
import { loadNotice } from '../../shell/notice';
import { Button } from '../../ui/button';
import { Cards } from '../../ui/cards';
import { ErrorView } from '../../ui/error_view';
import { Segments, Select, TextArea, TextField } from '../../ui/field';
import { toast } from '../../ui/toast';
import { stopWords as words } from '../../words/stop';
import type { People } from './people_list';
import { bodyOf, LEVELS, missingOf, NO_WISH, RUNNING, type Scope, type Stop, type Wish } from './stop';

const SCOPES: readonly Scope[] = ['all', 'person', 'key', 'model', 'feature'];

// A link may say what is to be stopped: /admin/stops?scope=model&subject=mini
function wishFromAddress(): Wish {
  const scope = SCOPES.find((one) => one === place.peek().query.get('scope'));
  return scope === undefined
    ? NO_WISH
    : { ...NO_WISH, scope, subject: place.peek().query.get('subject') ?? '' };
}

function Subject({
  wish,
  people,
  onSubject,
}: {
  wish: Wish;
  people: People;
  onSubject: (subject: string) => void;
}) {
  const keys = useLoad(() => api.get('/admin/keys'));
  const models = useLoad(() => api.get('/models'));
  const choose = { value: '', label: words('choose') };
  switch (wish.scope) {
    case 'person':
      return (
        <Select
          label={words('person')}
          value={wish.subject}
          onValue={onSubject}
          choices={[choose, ...people.list.map(({ id, name }) => ({ value: id, label: name }))]}
        />
      );
    case 'key':
      return (
        <Select
          label={words('key')}
          value={wish.subject}
          onValue={onSubject}
          choices={[
            choose,
            ...(keys.value?.data ?? [])
              .filter(({ revoked_at }) => revoked_at === null)
              .map((key: Schemas['Key']) => ({
                value: key.id,
                label: `${key.person?.name ?? key.person_id} · ${key.name}`,
              })),
          ]}
        />
      );
    case 'model':
      return (
        <Select
          label={words('model')}
          value={wish.subject}
          onValue={onSubject}
          choices={[choose, ...(models.value?.data ?? []).map(({ id }) => ({ value: id, label: id }))]}
        />
      );
    case 'feature':
      return (
        <TextField
          label={words('feature')}
          hint={words('featureHint')}
          value={wish.subject}
          onValue={onSubject}
          spellcheck={false}
        />
      );
    default:
      return null;
  }
}

export function StopForm({ people, onSet }: { people: People; onSet: (stops: Stop[]) => void }) {
  const [wish, setWish] = useState<Wish>(wishFromAddress);
  const { isBusy, problem, run } = useAct();
  const change = (part: Partial<Wish>) => setWish({ ...wish, ...part });
  const word = words('confirmWord');
  const missing = missingOf(wish, word);
  const stop = async (event: Event) => {
    event.preventDefault();
    if (missing.length > 0) return;
    const done = await run(() => api.post('/admin/stops', { body: bodyOf(wish) }));
    if (done === null) return;
    setWish(NO_WISH);
    onSet(done.data);
    toast(words('stopped'));
    void loadNotice();
  };
  return (
    <form class="stop-form" onSubmit={stop}>
      <h2>{words('set')}</h2>
      <div class="stack-s">
        <span class="small quiet" aria-hidden="true">
          {words('who')}
        </span>
        <div class="stop-scopes">
          <Segments
            label={words('who')}
            value={wish.scope}
            onValue={(scope) => change({ scope, subject: '' })}
            choices={SCOPES.map((value) => ({ value, label: words(`scope_${value}`) }))}
          />
        </div>
      </div>
      {wish.scope === 'all' ? (
        <Cards
          label={words('level')}
          value={wish.level}
          onValue={(level) => change({ level })}
          choices={LEVELS.map((value) => ({
            value,
            title: words(`subject_${value}`),
            text: words(`levelText_${value}`),
          }))}
        />
      ) : (
        <Subject wish={wish} people={people} onSubject={(subject) => change({ subject })} />
      )}
      <Cards
        label={words('running')}
        value={wish.running}
        onValue={(running) => change({ running })}
        choices={RUNNING.map((value) => ({
          value,
          title: words(value),
          text: words(`runningText_${value}`),
        }))}
      />
      <TextArea
        label={words('reason')}
        hint={words('reasonHint')}
        value={wish.reason}
        onValue={(reason) => change({ reason })}
        maxLength={500}
        rows={2}
        required
      />
      <div class="stop-confirm">
        <TextField
          label={words('confirm', { word })}
          value={wish.typed}
          onValue={(typed) => change({ typed })}
          autocomplete="off"
          spellcheck={false}
        />
        <Button
          type="submit"
          class="stop-button"
          size="l"
          icon="pause"
          isBusy={isBusy}
          disabled={missing.length > 0}
        >
          {words('stop')}
        </Button>
      </div>
      {problem !== null && <ErrorView problem={problem} isSmall />}
    </form>
  );
}
