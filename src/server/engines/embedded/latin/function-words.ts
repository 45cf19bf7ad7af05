/**
 * The words that make up a third of any text, by language, the most frequent first. They are written
 * as the first recogniser reads them: without accents. An
 * apostrophe belongs to what it shortens.
 */

/** Languages with accented letters that the second recogniser reads. */
export const latinLanguages = ["de", "fr", "es", "it", "nl"] as const;
export type LatinLanguage = (typeof latinLanguages)[number];
export type GuessedLanguage = LatinLanguage | "en";

export const functionWords: Record<GuessedLanguage, string> = {
  en: "the of and to in a is that it for was on with as be at by he this his from are not but have or you which had they i an were we their has been one all will there would her can who if more when so no said what its up about into them out then she some could than other time these two may only do my me him your our any new also after how over such most made where must before through each between please under shall those should per date total page name number no",
  de: "der die und in den von zu das mit sich des auf fur ist im dem nicht ein eine als auch es an werden aus er hat dab dass sie nach wird bei einer um am sind noch wie einem uber einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde wenn kann ich wir ihr ihre seine mir mich was da doch schon unter diese dieser nun hatte selbst ohne keine uns wo dann alle habe herr sehr bitte ihnen unser unsere konnen vom sowie seite nr",
  fr: "de la le et les des en un du une que l' d' est pour qui dans a par plus pas au sur ne se ce il sont avec son ou s' n' c' j' qu' m' aux mais comme on ils nous sa cette ses elle leur etre ont fait tout ces deux bien peut sans vous lui je si meme entre aussi etait apres y donc dont sous tous tres encore votre nos notre leurs quand chez ainsi depuis page merci",
  es: "de la que el en y a los se del las un por con no una su para es al lo como mas o pero sus le ha me si sin sobre este ya entre cuando todo esta ser son dos tambien fue habia era muy anos hasta desde mi porque solo han yo hay vez puede todos asi nos ni parte tiene uno donde bien mismo ese ella usted otro esto ante contra segun cada fecha senor",
  it: "di e che la il un a per in una mi sono non si lo ma ho le con i da del della se al l' dei nel alla piu come io ci anche ha gli dal questo d' c' tutto delle era quando dell' all' essere due ne poi o su suo sua ella lui suoi cosi nella perche ancora senza cui quella mia fra degli stato dalla fatto bene nell' sul sulla ai ed od tra loro questa quel",
  nl: "de van het een en in is dat op te zijn met voor die niet aan er om ook als dan maar bij door uit naar heeft nog worden wordt over tot deze of hij ik je was zich wat ze hebben haar kan meer jaar al had geen dit wel wij zij waar werd onder zo hun tegen na daar veel heb hem mijn u uw ons onze wij zal zou kunnen moet moeten alle werden datum",
};
