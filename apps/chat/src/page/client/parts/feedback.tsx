/** Was it of use? A thumb down may say why. */
import { useState } from 'preact/hooks';
import type { TurnView } from '../../../server/api.ts';
import { t } from '../state/words.ts';
import { Dialog } from './dialog.tsx';
import { IconButton } from './icons.tsx';

export interface FeedbackProps {
  readonly feedback: TurnView['feedback'];
  readonly onGive: (liked: boolean | null, comment: string | null) => void;
}

export function Feedback({ feedback, onGive }: FeedbackProps) {
  const [isAsking, setAsking] = useState(false);
  const liked = feedback?.liked ?? null;
  const down = (): void => (liked === false ? onGive(null, null) : setAsking(true));
  return (
    <>
      <IconButton
        icon="up"
        label={t('good')}
        pressed={liked === true}
        onClick={() => onGive(liked === true ? null : true, null)}
      />
      <IconButton icon="down" label={t('bad')} pressed={liked === false} onClick={down} />
      {isAsking ? (
        <Reason
          onLeave={() => setAsking(false)}
          onGive={(comment) => {
            setAsking(false);
            onGive(false, comment);
          }}
        />
      ) : null}
    </>
  );
}

function Reason({
  onLeave,
  onGive,
}: {
  readonly onLeave: () => void;
  readonly onGive: (comment: string | null) => void;
}) {
  const [comment, setComment] = useState('');
  return (
    <Dialog title={t('whatWasWrong')} onLeave={onLeave}>
      <label class="field">
        <span>{t('reason')}</span>
        <textarea
          rows={4}
          maxLength={2_000}
          value={comment}
          onInput={({ currentTarget }) => setComment(currentTarget.value)}
        />
      </label>
      <div class="buttons end">
        <button type="button" class="main" onClick={() => onGive(comment.trim() === '' ? null : comment.trim())}>
          {t('sendFeedback')}
        </button>
      </div>
    </Dialog>
  );
}
