// An OPC UA server of another stack (node-opcua), for the tests of the driver: one JSON line when it is ready, then
// one answer to each JSON line it is told. It ends when its standard input closes, so it cannot outlive its owner.
//   node server.js PACKAGES CERTIFICATES
// PACKAGES is the folder that holds node_modules, CERTIFICATES an empty one for the server's own keys.
"use strict";

const { X509Certificate } = require("crypto");
const path = require("path");
const readline = require("readline");
const opcua = require(path.join(process.argv[2], "node_modules", "node-opcua"));

const { AttributeIds, DataType, StatusCodes, Variant, VariantArrayType } = opcua;
const FAST_MS = 10;
// what changes within this time becomes one value: as good as nothing, so that every value told is kept
opcua.MonitoredItem.minimumSamplingInterval = 1;

async function main() {
  const manager = new opcua.OPCUACertificateManager({
    rootFolder: path.join(process.argv[3], "pki"),
    automaticallyAcceptUnknownCertificate: true,
  });
  await manager.initialize();
  const users = new opcua.OPCUACertificateManager({
    rootFolder: path.join(process.argv[3], "users"),
    automaticallyAcceptUnknownCertificate: true,
  });
  await users.initialize();
  const server = new opcua.OPCUAServer({
    port: 0,
    hostname: "127.0.0.1",
    serverCertificateManager: manager,
    userCertificateManager: users,
    userManager: { isValidUser: (name, password) => name === "operator" && password === "correct horse" },
    securityPolicies: [
      opcua.SecurityPolicy.None,
      opcua.SecurityPolicy.Basic256Sha256,
      opcua.SecurityPolicy.Aes128_Sha256_RsaOaep,
      opcua.SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    securityModes: [opcua.MessageSecurityMode.None, opcua.MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: true,
    nodeset_filename: [opcua.nodesets.standard, path.join(__dirname, "recipe.xml")],
    serverInfo: { applicationUri: "urn:other-stack:server" },
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const namespace = space.getNamespace("urn:other-stack:press");
  const press = namespace.addObject({ organizedBy: space.rootFolder.objects, browseName: "Press" });
  const nodes = await addNodes(namespace, press);
  const fast = startCounting(nodes);
  server.on("session_activated", (session, token) => { nodes.Name.login = describeLogin(token); });
  await server.start();
  const port = server.endpoints[0].port;
  say({ port, namespace: namespace.index, certificate: server.getCertificate().toString("base64") });
  const lines = readline.createInterface({ input: process.stdin });
  for await (const line of lines) say(obey(JSON.parse(line), nodes, space));
  clearInterval(fast);
  await server.shutdown(0);
}

async function addNodes(namespace, press) {
  const nodes = {};
  const add = (name, dataType, value, more = {}) => {
    nodes[name] = namespace.addVariable({
      componentOf: press, browseName: name, nodeId: `s=Press.${name}`, dataType, minimumSamplingInterval: 0, ...more,
    });
    nodes[name].setValueFromSource(value);
  };
  const analog = (name, low, high) => {
    nodes[name] = namespace.addAnalogDataItem({
      componentOf: press, browseName: name, nodeId: `s=Press.${name}`, dataType: "Double", minimumSamplingInterval: 0,
      description: "The press's force", engineeringUnitsRange: { low, high },
      engineeringUnits: opcua.standardUnits.kilonewton || opcua.makeEUInformation("kN", "kN", "kilonewton"),
      value: { dataType: DataType.Double, value: 0 },
    });
  };
  analog("Force", 0, 200);
  add("Counter", "UInt32", { dataType: DataType.UInt32, value: 0 });
  add("Name", "String", { dataType: DataType.String, value: "press 1" });
  add("Curve", "Double", { dataType: DataType.Double, arrayType: VariantArrayType.Array, value: [1, 2, 3] }, { valueRank: 1 });
  add("Program", "UInt16", { dataType: DataType.UInt16, value: 1 });
  nodes.Mode = namespace.addMultiStateDiscrete({
    componentOf: press, browseName: "Mode", nodeId: "s=Press.Mode", enumStrings: ["Off", "Manual", "Automatic"], value: 1,
  });
  const phases = namespace.addEnumerationType({
    browseName: "PhaseType",
    enumeration: [{ displayName: "Idle", value: 10 }, { displayName: "Pressing", value: 20 }],
  });
  add("Phase", phases, { dataType: DataType.Int32, value: 20 });
  await addRecipe(namespace, press, nodes);
  return nodes;
}

async function addRecipe(namespace, press, nodes) {
  const space = namespace.addressSpace;
  await opcua.ensureDatatypeExtracted(space);
  const recipe = namespace.findDataType("RecipeType");
  const value = (force) => space.constructExtensionObject(recipe, {
    number: 7, limits: { force, unit: "kN" }, history: [{ force: [0.5], unit: "a" }, { force: [], unit: "b" }],
  });
  nodes.Recipe = namespace.addVariable({ componentOf: press, browseName: "Recipe", nodeId: "s=Press.Recipe", dataType: recipe });
  nodes.Anything = namespace.addVariable({ componentOf: press, browseName: "Anything", nodeId: "s=Press.Anything", dataType: "Structure" });
  nodes.Anything.setValueFromSource({ dataType: DataType.ExtensionObject, value: value([6.5]) });
  nodes.Recipe.recipe = value;
  nodes.Recipe.setValueFromSource({ dataType: DataType.ExtensionObject, value: value([1.5, 2.5]) });
}

// Who a session belongs to, as its token says: a kind, and the name in it.
function describeLogin(token) {
  const kind = token.schema.name;
  const owner = kind === "X509IdentityToken" ? exploreOwner(token.certificateData) : token.userName || "";
  return `${kind} ${owner}`.trim();
}

function exploreOwner(certificate) {
  return new X509Certificate(certificate).subject.replace(/\n/g, ", ");
}

// Counts at a steady rate; catches up when the timer was late, so that no number is left out.
function startCounting(nodes) {
  const begun = Date.now();
  let count = 0;
  nodes.Counter.counting = false;
  return setInterval(() => {
    if (!nodes.Counter.counting) return;
    count += 1;
    nodes.Counter.setValueFromSource({ dataType: DataType.UInt32, value: count });
  }, FAST_MS);
}

function obey(told, nodes, space) {
  const node = nodes[told.name];
  if (told.do === "set") {
    const status = told.status ? StatusCodes[told.status] : StatusCodes.Good;
    const before = node.readValue().value;
    const value = { dataType: before.dataType, arrayType: before.arrayType, value: told.value };
    node.setValueFromSource(value, status, told.time === undefined ? new Date() : new Date(told.time));
  } else if (told.do === "recipe") {
    node.setValueFromSource({ dataType: DataType.ExtensionObject, value: node.recipe(told.force) });
  } else if (told.do === "count") {
    node.counting = told.on;
  } else if (told.do === "login") {
    return { ok: true, login: node.login };
  } else {
    return { error: `unknown: ${told.do}` };
  }
  return { ok: true };
}

function say(what) {
  process.stdout.write(JSON.stringify(what) + "\n");
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
