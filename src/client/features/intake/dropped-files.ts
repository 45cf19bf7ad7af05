/** The files of a drop or a paste, those in folders too. */

/** What systems put into folders, and nobody wants to read. */
const HIDDEN = /^(?:\.|Thumbs\.db$|desktop\.ini$)/i;

export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  // All at once: after the event the items are gone.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  if (entries.every((entry) => entry === null)) return [...transfer.files];
  const lists = await Promise.all(entries.map(async (entry) => (entry ? await walk(entry) : [])));
  return lists.flat();
}

async function walk(entry: FileSystemEntry): Promise<File[]> {
  if (HIDDEN.test(entry.name)) return [];
  if (isFile(entry)) {
    return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  }
  return isFolder(entry) ? await walkFolder(entry) : [];
}

async function walkFolder(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    // It gives a hundred entries at a time.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return files;
    const inOrder = entries.toSorted((a, b) => a.name.localeCompare(b.name));
    for (const entry of inOrder) files.push(...(await walk(entry)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
