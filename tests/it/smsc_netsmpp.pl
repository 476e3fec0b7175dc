#!/usr/bin/perl
# An independent SMSC: framing, field order and TLVs are Net::SMPP's, not ours. What it does with a text stands in the
# text's first word; what the phone answers to a call, in REPLY. Prints "port N", then one JSON object a line for each PDU that it read.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;
use Net::SMPP;

$| = 1;
$SIG{PIPE} = 'IGNORE';
my $json = JSON::PP->new->canonical->ascii;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0) or die "listen: $!";
print 'port ', $listener->sockport, "\n";

my $next_id = 0x1e4b;
my %name = reverse(
	bind => 0x9, submit => 0x4, deliver_resp => 0x80000005, enquire => 0x15, enquire_resp => 0x80000015,
	unbind => 0x6, unbind_resp => 0x80000006, nack => 0x80000000);

sub header_only {
	my ($s, $cmd, $status, $seq) = @_;
	$s->syswrite(pack 'NNNN', 16, $cmd, $status, $seq);
}

sub deliver {
	my ($s, $pdu, $text, %more) = @_;
	$s->deliver_sm(async => 1, source_addr_ton => 1, source_addr_npi => 1, source_addr => $pdu->{destination_addr},
		dest_addr_ton => 1, dest_addr_npi => 1, destination_addr => $pdu->{source_addr},
		short_message => $text, %more);
}

sub receipt {
	my ($s, $pdu, $id, $state) = @_;
	deliver($s, $pdu, "id:$id sub:001 dlvrd:001 submit date:2603021200 done date:2603021201 stat:$state err:000 text:x",
		esm_class => 4);
}

sub ok {
	my ($s, $pdu) = @_;
	my $id = sprintf '%x', $next_id++;
	$s->submit_sm_resp(seq => $pdu->{seq}, message_id => $id);
	return $id;
}

my %do = (
	plain => sub {
		my ($s, $p) = @_;
		receipt($s, $p, ok($s, $p), 'DELIVRD');
		deliver($s, $p, $ENV{REPLY}) if $ENV{REPLY} && $p->{short_message} =~ /^(MISSED|VOICEMAIL)/;
	},
	undeliv => sub { my ($s, $p) = @_; receipt($s, $p, ok($s, $p), 'UNDELIV') },
	early => sub { my ($s, $p) = @_; receipt($s, $p, sprintf('%x', $next_id), 'DELIVRD'); ok($s, $p) },
	tlv => sub {
		my ($s, $p) = @_;
		deliver($s, $p, '', esm_class => 4, receipted_message_id => ok($s, $p) . "\0", message_state => pack('C', 2));
	},
	refused => sub { my ($s, $p) = @_; header_only($s, 0x80000004, 0x0b, $p->{seq}) },
	refused_body => sub { my ($s, $p) = @_; $s->submit_sm_resp(seq => $p->{seq}, status => 0x0b, message_id => '') },
	throttle => sub { my ($s, $p) = @_; header_only($s, 0x80000004, 0x58, $p->{seq}) },
	vendor => sub { my ($s, $p) = @_; header_only($s, 0x80000004, 0x412, $p->{seq}) },
	nack => sub { my ($s, $p) = @_; $s->generic_nack(seq => $p->{seq}, status => 0x03) },
	reply => sub { my ($s, $p) = @_; ok($s, $p); deliver($s, $p, '17A') },
	forge => sub { my ($s, $p) = @_; ok($s, $p); deliver($s, $p, 'id:1e4b stat:DELIVRD') },
	enquire => sub { my ($s, $p) = @_; ok($s, $p); $s->enquire_link(async => 1) },
	unbind => sub { my ($s, $p) = @_; ok($s, $p); $s->unbind(async => 1) },
	drop => sub { my ($s, $p) = @_; return 'drop' },
	silent => sub { },
);

sub serve {
	my ($s, $pdu) = @_;
	my $cmd = $pdu->{cmd};
	if ($cmd == 0x9) {
		my $status = $pdu->{password} eq 'secret' ? 0 : 0x0e;
		return header_only($s, 0x80000009, $status, $pdu->{seq}) if $status;
		$s->bind_transceiver_resp(seq => $pdu->{seq}, system_id => 'perl');
	} elsif ($cmd == 0x4) {
		my ($word) = $pdu->{short_message} =~ /^(\w+)/;
		return ($do{$word // ''} // $do{plain})->($s, $pdu);
	} elsif ($cmd == 0x15) {
		$s->enquire_link_resp(seq => $pdu->{seq});
	} elsif ($cmd == 0x6) {
		$s->unbind_resp(seq => $pdu->{seq});
		return 'drop';
	} elsif ($cmd == 0x80000006) {
		return 'drop';
	}
	return '';
}

while (1) {
	my $s = $listener->accept or next;
	while (my $pdu = $s->read_pdu) {
		my %line = (pdu => $name{$pdu->{cmd}} // sprintf('%x', $pdu->{cmd}), seq => $pdu->{seq}, status => $pdu->{status});
		for my $field (qw(system_id password source_addr source_addr_ton source_addr_npi destination_addr dest_addr_ton
			dest_addr_npi registered_delivery esm_class data_coding validity_period short_message)) {
			$line{$field} = "$pdu->{$field}" if defined $pdu->{$field};
		}
		for my $tlv (qw(sar_msg_ref_num sar_total_segments sar_segment_seqnum message_payload)) {
			$line{$tlv} = unpack 'H*', $pdu->{$tlv} if defined $pdu->{$tlv};
		}
		$line{octets} = unpack 'H*', $pdu->{short_message} if defined $pdu->{short_message};
		$line{reference} = unpack 'n', $pdu->{user_message_reference} if defined $pdu->{user_message_reference};
		print $json->encode(\%line), "\n";
		last if (serve($s, $pdu) // '') eq 'drop';
	}
	close $s;
	print $json->encode({ pdu => 'gone' }), "\n";
}
