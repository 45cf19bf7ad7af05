/** Which documents are shown. */
import { inputClass } from "../../components/ui/field.tsx";
import { Select } from "../../components/ui/select.tsx";
import { type FileType, fileTypeIds, fileTypes } from "../../../shared/file-types.ts";
import { type JobState, jobStates } from "../../../shared/job-states.ts";
import { cn } from "../../lib/cn.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";

export interface Filter {
  /** Part of the name. */
  name: string;
  /** Empty: any. */
  fileType: FileType | "";
  state: JobState | "";
}

export const noFilter: Filter = { name: "", fileType: "", state: "" };

export function isFiltering({ name, fileType, state }: Filter): boolean {
  return name.trim() !== "" || fileType !== "" || state !== "";
}

interface FiltersProps {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

export function Filters({ filter, onChange }: FiltersProps) {
  const text = useMessages(messages);
  return (
    <div className="mb-4 grid grid-cols-2 gap-2 sm:flex">
      <input
        type="text"
        aria-label={text.name}
        placeholder={text.name}
        value={filter.name}
        maxLength={255}
        onChange={(event) => onChange({ ...filter, name: event.target.value })}
        className={cn(inputClass, "col-span-2 h-10 sm:w-64")}
      />
      <Select
        label={text.type}
        value={filter.fileType}
        options={[
          { value: "", label: text.anyType },
          ...fileTypeIds.map((value) => ({ value, label: fileTypes[value].name })),
        ]}
        onChange={(fileType) => onChange({ ...filter, fileType })}
      />
      <Select
        label={text.state}
        value={filter.state}
        options={[
          { value: "", label: text.anyState },
          ...jobStates.map((value) => ({ value, label: text.states[value] })),
        ]}
        onChange={(state) => onChange({ ...filter, state })}
      />
    </div>
  );
}
