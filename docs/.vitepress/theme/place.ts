/**
 * The place of a doctor in a page. What the doctor draws stands in a shadow root with the style of the inspector page, so
 * that neither style reaches the other.
 */

import { defineComponent, h, onBeforeUnmount, onMounted, useTemplateRef } from 'vue';
import type { DoctorName } from './doctors.tsx';

/** What search engines, and browsers without scripts, see. */
const INSTEAD = 'The doctor runs in this page and needs JavaScript.';

export const placeOf = (name: DoctorName) =>
  defineComponent({
    setup() {
      const host = useTemplateRef<HTMLElement>('host');
      let close: (() => void) | undefined;
      let isGone = false;
      onMounted(async () => {
        // other pages do without the doctors, which are large
        const { show } = await import('./doctors.tsx');
        if (host.value !== null && !isGone) close = show(name, host.value);
      });
      onBeforeUnmount(() => {
        isGone = true;
        close?.();
      });
      return () => h('div', { ref: 'host', class: 'doctor' }, h('p', INSTEAD));
    },
  });
