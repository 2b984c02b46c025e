/**
 * Whether an embedding model knows what sentences mean, or only which words they have. Vectors made of words alone find their own
 * passages well (probe.ts) and yet add nothing to a search that has words already: at full weight it lost 2 to 5 points of hit@5
 * (chat-app study, §7.2). Here sentences must find the one that says the same without sharing a word of meaning.
 */
import { cosine } from './vectors.ts';

/** Of the two sentences of a pair each must find the other among all of their language. */
type Pair = readonly [string, string];

/** One language is enough: there are models that know a single one. */
export const MEANING_PAIRS: ReadonlyArray<readonly Pair[]> = [
  [
    ['The physician examined her throat.', 'A doctor looked into the mouth of his patient.'],
    ['Our car would not start this morning.', 'My vehicle broke down before breakfast.'],
    ['They were wed in June.', 'The couple got married last summer.'],
    ['Heavy rain flooded many streets.', 'After the storm, roads stood under water.'],
    ['He lost his job at the factory.', 'The plant dismissed one of its workers.'],
    ['She sings beautifully.', 'Her voice makes wonderful music.'],
    ['The child fell asleep quickly.', 'Soon our baby was dreaming in bed.'],
    ['Prices rose sharply.', 'Everything became far more expensive.'],
  ],
  [
    ['Der Arzt untersuchte ihren Hals.', 'Eine Medizinerin sah in den Rachen des Patienten.'],
    ['Unser Auto sprang heute nicht an.', 'Mein Wagen blieb am Morgen liegen.'],
    ['Sie haben im Juni geheiratet.', 'Das Paar feierte letzten Sommer Hochzeit.'],
    ['Starker Regen überflutete viele Straßen.', 'Nach dem Unwetter standen Wege unter Wasser.'],
    ['Er verlor seine Arbeit in der Fabrik.', 'Das Werk entließ einen Beschäftigten.'],
    ['Sie singt wunderschön.', 'Ihre Stimme macht herrliche Musik.'],
    ['Das Kind schlief rasch ein.', 'Bald träumte unser Baby im Bett.'],
    ['Die Preise stiegen stark.', 'Alles wurde viel teurer.'],
  ],
  [
    ['Le médecin a examiné sa gorge.', 'Un docteur regarde dans la bouche du malade.'],
    ['Notre voiture refuse de démarrer.', 'Mon automobile est tombée en panne ce matin.'],
    ['Ils se sont mariés en juin.', 'Les noces du couple furent célébrées cet été.'],
    ['De fortes pluies ont inondé la ville.', 'Après l’orage, les rues étaient sous l’eau.'],
    ['Il a perdu son emploi à l’usine.', 'La fabrique licencie un ouvrier.'],
    ['Elle chante à merveille.', 'Sa voix fait une belle musique.'],
    ['L’enfant s’est vite endormi.', 'Bientôt notre bébé rêvait au lit.'],
    ['Les prix ont fortement augmenté.', 'Tout est devenu bien plus cher.'],
  ],
  [
    ['El médico le examinó la garganta.', 'Una doctora miró dentro de la boca del paciente.'],
    ['Nuestro coche no arranca hoy.', 'Mi automóvil se averió por la mañana.'],
    ['Se casaron en junio.', 'La boda de la pareja fue el verano pasado.'],
    ['Fuertes lluvias inundaron la ciudad.', 'Tras la tormenta, las calles quedaron bajo el agua.'],
    ['Perdió su empleo en la fábrica.', 'La planta despidió a un obrero.'],
    ['Ella canta de maravilla.', 'Su voz hace una música preciosa.'],
    ['El niño se durmió enseguida.', 'Pronto nuestro bebé soñaba en la cama.'],
    ['Los precios subieron mucho.', 'Todo se ha vuelto más caro.'],
  ],
  [
    ['O médico examinou a garganta dela.', 'Uma doutora olhou para dentro da boca do paciente.'],
    ['O nosso carro não pega hoje.', 'Meu automóvel avariou de manhã.'],
    ['Eles casaram em junho.', 'A boda do casal foi no verão passado.'],
    ['Chuvas fortes inundaram a cidade.', 'Depois da tempestade, as ruas ficaram debaixo de água.'],
    ['Ele perdeu o emprego na fábrica.', 'A empresa despediu um operário.'],
    ['Ela canta lindamente.', 'Sua voz faz uma música maravilhosa.'],
    ['A criança adormeceu depressa.', 'Logo o nosso bebé sonhava na cama.'],
    ['Os preços subiram muito.', 'Tudo ficou bem mais caro.'],
  ],
  [
    ['Lääkäri tutki hänen kurkkunsa.', 'Tohtori katsoi potilaan suuhun.'],
    ['Automme ei käynnistynyt tänään.', 'Kulkuneuvoni hajosi aamulla.'],
    ['He menivät naimisiin kesäkuussa.', 'Pariskunnan häät pidettiin viime kesänä.'],
    ['Rankkasade tulvi kaduille.', 'Myrskyn jälkeen tiet olivat veden alla.'],
    ['Hän menetti työnsä tehtaalla.', 'Yritys irtisanoi yhden ahertajistaan.'],
    ['Hän laulaa kauniisti.', 'Tuon naisen ääni on ihanaa musiikkia.'],
    ['Lapsi nukahti nopeasti.', 'Pian vauvamme näki unia sängyssä.'],
    ['Hinnat nousivat jyrkästi.', 'Kaikki kallistui paljon.'],
  ],
  [
    ['의사가 그녀의 목을 진찰했다.', '박사님이 환자의 입안을 들여다보았다.'],
    ['오늘 우리 자동차에 시동이 걸리지 않았다.', '아침에 내 차량이 고장 났다.'],
    ['그들은 유월에 결혼했다.', '지난여름 신랑 신부의 혼례가 있었다.'],
    ['폭우로 많은 거리가 잠겼다.', '태풍 뒤에 도로가 물바다가 되었다.'],
    ['그는 공장에서 일자리를 잃었다.', '회사는 직원 한 명을 해고했다.'],
    ['그녀는 노래를 아름답게 부른다.', '저 가수의 목소리는 멋진 음악이다.'],
    ['아이가 금세 잠들었다.', '곧 아기는 침대에서 꿈을 꾸었다.'],
    ['물가가 크게 올랐다.', '모든 것이 훨씬 비싸졌다.'],
  ],
];

/** A model that knows meanings pairs nearly all; one that knows words about as many as chance does, one of fifteen. */
export const MEANING_SHARE_MIN = 0.5;

/** @param vectors of the sentences of a language's pairs, one after the other. @returns share that found its partner, 0 to 1. */
export function meaningShare(vectors: readonly Float32Array[]): number {
  const found = vectors.filter((vector, i) => nearestOf(vector, vectors, i) === (i ^ 1)).length;
  return vectors.length === 0 ? 0 : found / vectors.length;
}

/** Place of the nearest other one; -1 where none is nearer than nothing in common, or two are equally near. */
function nearestOf(vector: Float32Array, vectors: readonly Float32Array[], own: number): number {
  let best = -1;
  let score = 0;
  vectors.forEach((other, i) => {
    const near = i === own ? 0 : cosine(vector, other);
    if (near === score) best = -1;
    if (near <= score) return;
    best = i;
    score = near;
  });
  return best;
}
