/** Words from which generated studios are named. */

export const firstNames = [
  'Amara',
  'Björn',
  'Chloé',
  'Dario',
  'Esther',
  'Farid',
  'Greta',
  'Hiroshi',
  'Inés',
  'Jakub',
  'Kaja',
  'Leïla',
  'Mateo',
  'Nadia',
  'Oskar',
  'Priya',
] as const;

export const lastNames = [
  'Adeyemi',
  'Brandt',
  'Costa',
  'Dubois',
  'Eriksson',
  'Ferrari',
  'García',
  'Haddad',
  'Ito',
  'Janssen',
  'Kowalski',
  'Lindqvist',
] as const;

export const titleStarts = [
  'Amber',
  'Broken',
  'Crimson',
  'Distant',
  'Electric',
  'Frozen',
  'Golden',
  'Hidden',
];
export const titleEnds = ['Harbour', 'Orchard', 'Signal', 'Tide', 'Voyage', 'Winter', 'Garden', 'Engine'];

/** Kinds of asset builds: the folder that holds them and the words of their names. */
export const assetWords = {
  Character: {
    folder: 'characters',
    words: ['captain', 'old_keeper', 'twins', 'messenger', 'fox', 'robot', 'baker', 'queen'],
  },
  Prop: {
    folder: 'props',
    words: ['lantern', 'brass_key', 'suitcase', 'radio', 'letter', 'rope', 'compass', 'umbrella'],
  },
  Environment: {
    folder: 'environments',
    words: ['harbour', 'attic', 'pine_forest', 'market', 'glacier', 'station', 'lighthouse', 'canteen'],
  },
  Vehicle: { folder: 'vehicles', words: ['trawler', 'tram', 'biplane', 'submarine', 'truck', 'bicycle'] },
} as const;

export const shotActions = [
  'enters from the left and stops',
  'looks back over the shoulder',
  'runs through the rain',
  'opens the door slowly',
  'close-up, reaction',
  'wide establishing shot',
  'drone move over the water',
  'insert, hands only',
] as const;

export const remarks = [
  'Please make the silhouette read better.',
  'Timing of the second beat feels late.',
  'Edge flickers around frame 1040.',
  'Looks great, ready for the client.',
  'Match the grade of the neighbouring shot.',
  'Contact shadow is missing.',
  'Motion blur looks too strong.',
  'Approved with the small fix we talked about.',
] as const;

export const answers = [
  'Will do.',
  'Fixed in the next version.',
  'Done, please check again.',
  'Thanks!',
] as const;
