/** How the page looks and speaks; below that what a developer sets for each question. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { CHOICES, chooseLanguage, override, overrides, showsWriting, type Theme, theme } from '../state/preferences.ts';
import { config, session } from '../state/session.ts';
import { isLanguage, LANGUAGES, language, t, type Word } from '../state/words.ts';
import { Dialog } from './dialog.tsx';
import { Profile } from './profile.tsx';

const THEMES: Readonly<Record<Theme, Word>> = { auto: 'themeAuto', light: 'themeLight', dark: 'themeDark' };

export function Settings({ onLeave }: { readonly onLeave: () => void }) {
  return (
    <Dialog title={t('settings')} onLeave={onLeave} class="drawer">
      {config.value?.languagePicker === false ? null : <LanguageField />}
      <Choice label={t('theme')} value={theme.value} options={options(THEMES)} onChange={setTheme} />
      <Check label={t('showWriting')} value={showsWriting.value} onChange={setShowsWriting} />
      <h3>{t('profile')}</h3>
      <Profile />
      <h3>{t('forDevelopers')}</h3>
      <p class="quiet small">{t('developerHelp')}</p>
      <Developer />
      <div class="buttons end">
        <button type="button" onClick={reset}>
          {t('reset')}
        </button>
        <button type="button" class="main" onClick={onLeave}>
          {t('done')}
        </button>
      </div>
    </Dialog>
  );
}

function setTheme(name: string): void {
  if (name === 'auto' || name === 'light' || name === 'dark') theme.value = name;
}

function setShowsWriting(to: boolean): void {
  showsWriting.value = to;
}

function reset(): void {
  overrides.value = {};
}

function options(words: Readonly<Record<string, Word>>): readonly Option[] {
  return Object.entries(words).map(([value, word]) => ({ value, text: t(word) }));
}

function LanguageField() {
  const names = Object.entries(LANGUAGES).map(([value, text]) => ({ value, text }));
  const choose = (name: string): void => {
    if (isLanguage(name)) void chooseLanguage(name);
  };
  return <Choice label={t('language')} value={language.value} options={names} onChange={choose} />;
}

const RETRIEVAL_WORDS: Readonly<Record<string, Word>> = {
  hybrid: 'retrievalHybrid',
  text: 'retrievalText',
  vectors: 'retrievalVectors',
};

function Developer() {
  const now = overrides.value;
  const asServer = { value: '', text: t('asServer') };
  const retrieval = CHOICES.retrievalMode.map((value) => ({
    value,
    text: t(RETRIEVAL_WORDS[value] ?? 'retrievalText'),
  }));
  const efforts = CHOICES.reasoningEffort.map((value) => ({ value, text: value }));
  return (
    <>
      <Choice
        label={t('retrievalMode')}
        value={now.retrievalMode ?? ''}
        options={[asServer, ...retrieval]}
        onChange={(name) =>
          override(
            'retrievalMode',
            CHOICES.retrievalMode.find((mode) => mode === name),
          )
        }
      />
      <Why />
      <div class="pair">
        <NumberField name="top" label={t('top')} min={1} max={20} step={1} hint={config.value?.defaults.top} />
        <NumberField name="temperature" label={t('temperature')} min={0} max={2} step={0.1} />
        <NumberField name="seed" label={t('seed')} min={-1e9} max={1e9} step={1} />
        <Choice
          label={t('reasoningEffort')}
          value={now.reasoningEffort ?? ''}
          options={[asServer, ...efforts]}
          onChange={(name) =>
            override(
              'reasoningEffort',
              CHOICES.reasoningEffort.find((effort) => effort === name),
            )
          }
        />
        <TextField name="includeCategory" label={t('includeCategory')} />
        <TextField name="excludeCategory" label={t('excludeCategory')} />
      </div>
      <Check
        label={t('suggestFollowups')}
        value={now.followups ?? config.value?.defaults.followups ?? true}
        onChange={(to) => override('followups', to)}
      />
      {config.value?.defaults.rerank === true ? (
        <Check label={t('rerank')} value={now.rerank ?? true} onChange={(to) => override('rerank', to)} />
      ) : null}
      <PromptField />
    </>
  );
}

/** Of what the server finds best: what it measured, and the setting that changes it. Told in English, to admins alone. */
function Why() {
  const { kind } = session.value;
  if (kind !== 'open' || !session.value.me.isAdmin) return null;
  return (
    <p class="quiet small" lang="en">
      {config.value?.retrieval.why}
    </p>
  );
}

interface Option {
  readonly value: string;
  readonly text: string;
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options: all, onChange }: ChoiceProps) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          {all.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Field({ label, children }: { readonly label: string; readonly children: (id: string) => ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly value: boolean;
  readonly onChange: (to: boolean) => void;
}

function Check({ label, value, onChange }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={value} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />{' '}
      {label}
    </label>
  );
}

interface NumberProps {
  readonly name: 'top' | 'temperature' | 'seed';
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** What the server takes where nothing is set. */
  readonly hint?: number | undefined;
}

function NumberField({ name, label, hint, min, max, step }: NumberProps) {
  const change = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    const { value, valueAsNumber, validity } = currentTarget;
    if (value === '') override(name, undefined);
    else if (validity.valid) override(name, valueAsNumber);
  };
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="number"
          min={min}
          max={max}
          step={step}
          value={overrides.value[name] ?? ''}
          placeholder={hint === undefined ? t('asServer') : `${hint}`}
          onChange={change}
        />
      )}
    </Field>
  );
}

function TextField({ name, label }: { readonly name: 'includeCategory' | 'excludeCategory'; readonly label: string }) {
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          maxLength={200}
          value={overrides.value[name] ?? ''}
          onChange={({ currentTarget }) => override(name, currentTarget.value.trim() || undefined)}
        />
      )}
    </Field>
  );
}

function PromptField() {
  return (
    <Field label={t('promptTemplate')}>
      {(id) => (
        <>
          <textarea
            id={id}
            rows={4}
            maxLength={8_000}
            aria-describedby={`${id}-help`}
            value={overrides.value.promptTemplate ?? ''}
            onChange={({ currentTarget }) => override('promptTemplate', currentTarget.value.trim() || undefined)}
          />
          <small id={`${id}-help`} class="quiet">
            {t('promptHelp')}
          </small>
        </>
      )}
    </Field>
  );
}
