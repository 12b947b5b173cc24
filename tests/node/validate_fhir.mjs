// node validate_fhir.mjs FOLDER_WITH_NODE_MODULES FILE... : two validators of other people, R4; faults on standard output.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const { Fhir } = require("fhir");
const Schemas = require("@asymmetrik/fhir-json-schema-validator");
const fhir = new Fhir();
const schemas = new Schemas();
let faults = 0;
for (const file of files) {
  const resource = JSON.parse(readFileSync(file, "utf-8"));
  const told = fhir.validate(resource, { errorOnUnexpected: true }).messages.filter((each) => each.severity === "error");
  for (const each of [...told, ...schemas.validate(resource)]) {
    faults += 1;
    console.log(JSON.stringify(each));
  }
}
process.exit(faults ? 1 : 0);
