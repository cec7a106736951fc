// Media types by the ending of a name. The same table as in src/archive/contents.cc.

const KNOWN: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  heic: "image/heic",
  tif: "image/tiff",
  tiff: "image/tiff",
  webp: "image/webp",
  svg: "image/svg+xml",
  mp4: "video/mp4",
  mov: "video/quicktime",
  mkv: "video/x-matroska",
  webm: "video/webm",
  "3gp": "video/3gpp",
  avi: "video/x-msvideo",
  mp3: "audio/mpeg",
  wav: "audio/vnd.wave",
  ogg: "audio/ogg",
  opus: "audio/opus",
  m4a: "audio/mp4",
  flac: "audio/flac",
  amr: "audio/AMR",
  pdf: "application/pdf",
  txt: "text/plain",
  csv: "text/csv",
  html: "text/html",
  json: "application/json",
  xml: "application/xml",
  zip: "application/zip",
  eml: "message/rfc822",
  doc: "application/msword",
  rtf: "application/rtf",
  odt: "application/vnd.oasis.opendocument.text",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
};

export function mediaTypeOf(path: string): string {
  const ending = path.slice(path.lastIndexOf(".") + 1).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const isKnown = path.includes(".") && Object.hasOwn(KNOWN, ending);
  return (isKnown ? KNOWN[ending] : undefined) ?? "application/octet-stream";
}
