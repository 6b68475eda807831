// rules-node.js - the rules of rules-world.h as an admin's script would have them.
//
//   node rules-node.js script|filtrex RULES-FILE PEOPLE-FILE
//
// script: JavaScript compiled with new Function; filtrex: the library of that name, found
// in NODE_PATH.  Texts are in lower case already, so nothing is folded here.
// Prints "load SECONDS seconds SECONDS found COUNT kib KIB".
'use strict';
const fs = require('fs');
const [how, rulesFile, peopleFile] = process.argv.slice(2);
const names = ['department', 'jobTitle', 'country', 'city', 'companyName', 'officeLocation', 'userType', 'state',
        'costCentre', 'extensionAttribute1', 'mail', 'displayName'];
const clock = () => { const used = process.cpuUsage(); return (used.user + used.system) / 1e6; };
const lines = file => fs.readFileSync(file, 'utf8').trimEnd().split('\n');

function person(line) {
        const fields = line.split('\t'), p = {};
        names.forEach((name, i) => { p[name] = fields[i]; });
        p.accountEnabled = Number(fields[12]);
        p.hired = Number(fields[13]);
        p.tags = fields[14] === '' ? [] : fields[14].split(',');
        return p;
}

function compile(rule) {
        if (how === 'script')
                return new Function('p', 'return ' + rule + ';');
        return require('filtrex').compileExpression(rule, { extraFunctions: {
                begins: (text, start) => text.startsWith(start),
                ends: (text, end) => text.endsWith(end),
                contains: (text, part) => text.includes(part),
        } });
}

const people = lines(peopleFile).map(person);
const rules = lines(rulesFile).map(compile);
let found = 0;
const loaded = clock();
for (const p of people)
        for (const rule of rules) {
                const is = rule(p);
                if (typeof is !== 'boolean' && typeof is !== 'number')
                        throw is;
                if (is)
                        found++;
        }
console.log(`load ${loaded} seconds ${clock() - loaded} found ${found} kib ${process.resourceUsage().maxRSS}`);
