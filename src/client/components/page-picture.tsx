/** A page as a picture, drawn by the server; the empty sheet until it is there. */
import { FileWarning } from "lucide-react";
import { useState } from "react";
import { cn } from "../lib/cn.ts";

interface PagePictureProps {
  documentId: string;
  page: number;
  /** Pixels of the longer side. */
  size: number;
  className?: string;
  /** What it shows; empty where a text beside it says so. */
  alt?: string;
}

export function pagePictureUrl(documentId: string, page: number, size: number): string {
  return `/api/documents/${documentId}/pages/${page}/image?size=${size}`;
}

export function PagePicture({ documentId, page, size, className, alt = "" }: PagePictureProps) {
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  return (
    <span className={cn("block bg-white", className)}>
      {state === "failed" ? (
        <span className="flex h-full items-center justify-center bg-sunken text-muted">
          <FileWarning className="size-6" aria-hidden />
        </span>
      ) : (
        <img
          src={pagePictureUrl(documentId, page, size)}
          alt={alt}
          loading="lazy"
          decoding="async"
          onLoad={() => setState("shown")}
          onError={() => setState("failed")}
          className={cn(
            "size-full object-cover object-top transition-opacity",
            state === "loading" && "opacity-0",
          )}
        />
      )}
    </span>
  );
}
