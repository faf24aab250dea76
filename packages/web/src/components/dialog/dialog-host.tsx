import { useDaymark, useUi } from '../../app/daymark-context.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { KeyMapDialog } from './key-map-dialog.tsx';
import { ListDialog } from './list-dialog.tsx';
import { Palette } from './palette.tsx';
import { SpaceDialog } from './space-dialog.tsx';

/** The one dialog that is open. */
export function DialogHost() {
  const { ui } = useDaymark();
  const dialog = useUi((state) => state.dialog);
  const close = (): void => ui.setState({ dialog: null });
  switch (dialog?.kind) {
    case 'palette':
      return <Palette onClose={close} />;
    case 'keys':
      return <KeyMapDialog onClose={close} />;
    case 'list':
      return <ListDialog listId={dialog.listId} spaceId={dialog.spaceId} onClose={close} />;
    case 'space':
      return <SpaceDialog onClose={close} />;
    case 'confirm':
      return <ConfirmDialog dialog={dialog} onClose={close} />;
    default:
      return null;
  }
}
