interface Half {
  root: string;
  order: (string | string[])[];
}

export const halves: Half[];
export function groupsOf(half: Half): string[][];
