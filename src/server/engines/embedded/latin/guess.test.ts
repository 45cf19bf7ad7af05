import { describe, expect, test } from "bun:test";
import { type LatinLanguage, latinLanguages } from "./function-words.ts";
import { LanguageGuess } from "./guess.ts";

function guessAfter(
  lines: readonly string[],
  enabled: readonly LatinLanguage[] = latinLanguages,
): LanguageGuess {
  const guess = new LanguageGuess(enabled);
  for (const line of lines) guess.add(line);
  return guess;
}

describe("the language of a line", () => {
  // As the first recogniser reads them: without most of their accents.
  test.each<[LatinLanguage | undefined, string]>([
    ["de", "Leider konnen wir die Glaser erst in der nachsten Woche liefern, da das Lager"],
    ["fr", "Veuillez agreer, Madame, l'expression de nos sentiments les plus distingues"],
    ["fr", "Même après, être très près était déjà là"],
    ["es", "El ano pasado mi compania abrio una pequena oficina cerca de la estacion"],
    ["it", "La citta e cosi bella che ognuno vorrebbe viverci, pero gli affitti sono alti"],
    ["nl", "Het is een van de mooiste dagen van het jaar geweest, hoewel het cafe dicht was"],
    [undefined, "It was the best of times, it was the worst of times, in short, the period"],
    [undefined, "Det ar inte alltid sa latt att veta vad som ska handa i framtiden med oss"],
    [undefined, "在下面的表格中，我们可以看到不同国家的人口和面积"],
    [undefined, "Transaction ID: #e6d598ef  Visa ****4711  D 12 L 3"],
    [undefined, ""],
  ])("%p: %s", (language, line) => {
    expect(guessAfter([]).of(line)).toBe(language);
  });

  test("is that of the page where the line does not tell", () => {
    const page = guessAfter([
      "Sehr geehrte Frau Muller, vielen Dank fur Ihre Bestellung",
      "Fur Ruckfragen stehen wir Ihnen jederzeit gern zur Verfugung",
    ]);
    expect(page.of("Jorg Schafer, Geschaftsfuhrer")).toBe("de");
  });

  test("is told by a word behind a turned question mark, which is read as i", () => {
    const page = guessAfter(["esta aqui por", "a"]);
    expect(page.of("iCuando volveras a Espana, senora?")).toBe("es");
    expect(page.of("volveras a Espana, senora?")).toBeUndefined();
  });

  test("is its own on a page of another language", () => {
    const page = guessAfter([
      "The report of the committee was sent to all the members",
      "and it is not to be read by anybody who has no part in it",
    ]);
    expect(page.of("Resume")).toBeUndefined();
    expect(page.of("Le rapport de la commission est dans les mains des membres et du public")).toBe(
      "fr",
    );
  });

  test("is not guessed where nobody expects it", () => {
    const line = "Das ist nicht die Sache, von der wir und die anderen auch noch sprechen";
    expect(guessAfter([], ["fr"]).of(line)).toBeUndefined();
    expect(guessAfter([], []).of(line)).toBeUndefined();
  });
});
