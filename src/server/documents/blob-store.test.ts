import { describeBlobStore } from "./blob-store.conformance.ts";
import { FolderBlobStore } from "./blob-store.ts";

describeBlobStore("blobs in a folder", (folder) => new FolderBlobStore(folder));
