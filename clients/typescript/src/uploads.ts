/** What is uploaded: paths (in Node.js), bytes and Blobs, and the fields that go with them, as a form. */

/** A path (in Node.js), the content itself, or a Blob, such as a file that was dropped on a page. */
export type Upload = string | Uint8Array | Blob;

/** The fields of a form, in which files may be given in any of these ways. */
export type Fields<Form> = { [Name in keyof Form]: Blob extends Form[Name] ? Upload | undefined : Form[Name] };

/** The form; what is undefined or null is left out. `files` are the names of the fields that are files. */
export async function formOf(fields: object, files: readonly string[]): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined || value === null) {
      continue;
    }
    if (files.includes(name)) {
      form.append(name, await fileOf(name, value as Upload));
    } else {
      for (const one of Array.isArray(value) ? value : [value]) {
        form.append(name, one === null || one === undefined ? "" : String(one));
      }
    }
  }
  return form;
}

async function fileOf(name: string, upload: Upload): Promise<File> {
  if (typeof upload === "string") {
    const [{ openAsBlob }, { basename }] = await Promise.all([import("node:fs"), import("node:path")]);
    return new File([await openAsBlob(upload)], basename(upload));
  }
  if (upload instanceof Blob) {
    return new File([upload], upload instanceof File ? upload.name : name, { type: upload.type });
  }
  return new File([new Uint8Array(upload)], name);
}
