// An independent SMSC: framing, field order and TLVs are those of npm's smpp (node-smpp), not ours. It does what
// smsc_netsmpp.pl does: the text's first word says what becomes of it, REPLY what the phone answers to a call. Prints
// "port N", then one JSON object a line for each PDU that it read. All octets leave one at a time with SPLIT set.
'use strict';
const smpp = require('smpp');

const names = { bind_transceiver: 'bind', submit_sm: 'submit', deliver_sm_resp: 'deliver_resp', enquire_link: 'enquire',
	enquire_link_resp: 'enquire_resp', generic_nack: 'nack' };
const shown = ['system_id', 'password', 'source_addr', 'source_addr_ton', 'source_addr_npi', 'destination_addr',
	'dest_addr_ton', 'dest_addr_npi', 'registered_delivery', 'data_coding', 'validity_period'];
let nextId = 0x1e4b;

// Texts stay octets, times stay as they were written: what the library makes of them is not the question.
for (const command of ['submit_sm', 'deliver_sm'])
	for (const field of ['short_message', 'validity_period'])
		delete smpp.commands[command].params[field].filter;

const say = line => process.stdout.write(JSON.stringify(line) + '\n');

function put(s, octets) {
	if (!process.env.SPLIT)
		return s.socket.write(octets);
	for (const octet of octets)
		s.socket.write(Buffer.from([octet]));
}
const request = (s, command, fields) => put(s, new smpp.PDU(command, { sequence_number: ++s.last, ...fields }).toBuffer());
const respond = (s, pdu, fields) => put(s, pdu.response(fields).toBuffer());

function headerOnly(s, command, status, sequence) {
	const b = Buffer.alloc(16);
	[16, command, status, sequence].forEach((n, i) => b.writeUInt32BE(n, 4 * i));
	put(s, b);
}

function deliver(s, pdu, text, more) {
	request(s, 'deliver_sm', { source_addr_ton: 1, source_addr_npi: 1, source_addr: pdu.destination_addr, dest_addr_ton: 1,
		dest_addr_npi: 1, destination_addr: pdu.source_addr, short_message: Buffer.from(text), ...more });
}
function receipt(s, pdu, id, state) {
	deliver(s, pdu, `id:${id} sub:001 dlvrd:001 submit date:2603021200 done date:2603021201 stat:${state} err:000 text:x`,
		{ esm_class: 4 });
}
function ok(s, pdu) {
	const id = (nextId++).toString(16);
	respond(s, pdu, { message_id: id });
	return id;
}

const deeds = {
	plain(s, p, text) {
		receipt(s, p, ok(s, p), 'DELIVRD');
		if (process.env.REPLY && /^(MISSED|VOICEMAIL)/.test(text))
			deliver(s, p, process.env.REPLY);
	},
	undeliv: (s, p) => receipt(s, p, ok(s, p), 'UNDELIV'),
	early(s, p) { receipt(s, p, nextId.toString(16), 'DELIVRD'); ok(s, p); },
	tlv: (s, p) => deliver(s, p, '', { esm_class: 4, receipted_message_id: ok(s, p), message_state: 2 }),
	refused: (s, p) => headerOnly(s, 0x80000004, 0x0b, p.sequence_number),
	refused_body(s, p) {
		const b = Buffer.concat([p.response({ command_status: 0x0b }).toBuffer().subarray(0, 16), Buffer.from([0])]);
		b.writeUInt32BE(b.length, 0);
		put(s, b);
	},
	throttle: (s, p) => headerOnly(s, 0x80000004, 0x58, p.sequence_number),
	vendor: (s, p) => headerOnly(s, 0x80000004, 0x412, p.sequence_number),
	nack: (s, p) => headerOnly(s, 0x80000000, 0x03, p.sequence_number),
	reply(s, p) { ok(s, p); deliver(s, p, '17A'); },
	forge(s, p) { ok(s, p); deliver(s, p, 'id:1e4b stat:DELIVRD'); },
	enquire(s, p) { ok(s, p); request(s, 'enquire_link', {}); },
	unbind(s, p) { ok(s, p); request(s, 'unbind', {}); },
	drop: s => s.socket.destroy(),
	silent() {},
};

function take(s, pdu, text) {
	switch (pdu.command) {
	case 'bind_transceiver':
		if (pdu.password === 'secret')
			return respond(s, pdu, { system_id: 'npm' });
		return headerOnly(s, 0x80000009, 0x0e, pdu.sequence_number);
	case 'submit_sm':
		return (deeds[(/^\w+/.exec(text) || [''])[0]] || deeds.plain)(s, pdu, text);
	case 'enquire_link':
		return respond(s, pdu);
	case 'unbind':
		respond(s, pdu);
		return s.socket.end();
	case 'unbind_resp':
		return s.socket.end();
	}
}

const server = smpp.createServer({}, s => {
	s.last = 0;
	s.on('error', () => {});
	s.on('close', () => say({ pdu: 'gone' }));
	s.on('pdu', pdu => {
		const line = { pdu: names[pdu.command] || pdu.command, seq: pdu.sequence_number, status: pdu.command_status };
		const m = pdu.short_message, text = m ? (m.message || m).toString('latin1') : '';
		for (const field of shown)
			if (pdu[field] !== undefined)
				line[field] = String(pdu[field]);
		if (m)
			line.short_message = text;
		if (pdu.user_message_reference !== undefined)
			line.reference = pdu.user_message_reference;
		say(line);
		take(s, pdu, text);
	});
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`));
