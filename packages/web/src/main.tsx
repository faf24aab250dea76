import '@fontsource-variable/inter/opsz.css';
import './design/tokens.css';
import './design/base.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createDaymark } from './app/create-daymark.ts';
import { DaymarkContext } from './app/daymark-context.ts';
import { useGlobalKeys } from './app/use-global-keys.ts';
import { TipLayer } from './components/tip/tip-layer.tsx';
import { Toaster } from './components/toast/toaster.tsx';
import { createAppRouter } from './routes/router.tsx';

const daymark = createDaymark(location.origin);
const router = createAppRouter();

function App() {
  useGlobalKeys();
  return (
    <>
      <RouterProvider router={router} />
      <Toaster />
      <TipLayer />
    </>
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');
createRoot(root).render(
  <StrictMode>
    <DaymarkContext value={daymark}>
      <App />
    </DaymarkContext>
  </StrictMode>,
);
void daymark.session.begin();
