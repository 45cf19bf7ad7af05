/** Documents to try, for whoever has none at hand. */
import { useMutation } from "@tanstack/react-query";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { offerFiles } from "../../lib/offered-files.ts";
import { toast } from "../../lib/toast.ts";
import { ApiError } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";

/** Drawn by `scripts/draw-samples.ts`. */
const samples = [
  { name: "invoice.png", type: "image/png", label: "sampleInvoice" },
  {
    name: "two-columns.pdf",
    type: "application/pdf",
    label: "sampleReport",
    picture: "two-columns.png",
  },
  { name: "notice-zh.png", type: "image/png", label: "sampleNotice" },
] as const;

type Sample = (typeof samples)[number];

export function Samples() {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const take = useMutation({
    mutationFn: fetchSample,
    onSuccess: (file) => offerFiles([file]),
    onError: (error) => toast(errorText(error), { isError: true }),
  });
  return (
    <section className="mt-12" aria-labelledby="samples">
      <h2 id="samples" className="text-center text-sm text-muted">
        {text.samples}
      </h2>
      <ul className="mx-auto mt-5 grid max-w-2xl grid-cols-3 gap-4 sm:gap-6">
        {samples.map((sample) => (
          <li key={sample.name}>
            <button
              type="button"
              className="group block w-full rounded-lg text-left"
              onClick={() => take.mutate(sample)}
            >
              <img
                src={`/samples/${"picture" in sample ? sample.picture : sample.name}`}
                alt=""
                className="sheet aspect-[3/4] w-full bg-white object-cover object-top transition-shadow group-hover:shadow-lifted"
              />
              <span className="mt-2 block text-center text-sm font-medium">
                {text[sample.label]}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

async function fetchSample({ name, type }: Sample): Promise<File> {
  const response = await fetch(`/samples/${name}`);
  if (!response.ok) throw new ApiError("network", "");
  return new File([await response.blob()], name, { type });
}
