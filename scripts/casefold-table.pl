#!/usr/bin/perl
# Makes src/Diecast.Formats/FileSystems/Ext/casefold-12.1.txt, the table of directories that ignore case:
#
#   scripts/casefold-table.pl > src/Diecast.Formats/FileSystems/Ext/casefold-12.1.txt
#
# Perl 5.32 and later have the data of Unicode 13 and later. Of characters that were there in 12.1 decompositions,
# combining classes and foldings never change (Unicode's stability policy), so those of 12.1 are the later ones of
# its characters, and the result is the same with every perl.
use v5.32;
use warnings;
use Unicode::Normalize qw(NFD getCombinClass);

# The kernel's rule (mkutf8data.c, nfdicf_init): the full folding, then canonical decomposition. Hangul syllables are
# computed. Ignorable characters are those of Default_Ignorable_Code_Point, whether assigned or not.
my (@ignorable, %class, %one, %many);
for my $code (0x80 .. 0x10ffff, 0x41 .. 0x5a) {
    next if $code >= 0xd800 && $code <= 0xdfff;
    my $char = chr $code;
    my $assigned = $char =~ /\p{Present_In: 12.1}/;
    push @ignorable, $code if $char =~ /\p{Default_Ignorable_Code_Point}/ && ($assigned || is_reserved($code));
    next unless $assigned;
    next if $code >= 0xac00 && $code <= 0xd7a3;
    my $class = getCombinClass($code);
    push @{ $class{$class} }, $code if $class;
    my @form = map { ord } split //, NFD(CORE::fc($char));
    next if @form == 1 && $form[0] == $code;
    if (@form == 1) { $one{$code} = $form[0] } else { $many{$code} = \@form }
}

# What was ignorable in 12.1 without being a character; others became so with the characters that they are now.
sub is_reserved {
    my ($code) = @_;
    return $code == 0x2065 || $code >= 0xfff0 && $code <= 0xfff8 || $code >= 0xe0000 && $code <= 0xe0fff;
}

sub ranges {
    my (@codes, @words) = @_;
    while (@codes) {
        my $first = shift @codes;
        my $last = $first;
        $last = shift @codes while @codes && $codes[0] == $last + 1;
        push @words, $last > $first ? sprintf('%x-%x', $first, $last) : sprintf('%x', $first);
    }
    return @words;
}

# 41+26=61: 26 characters from 41 on become those from 61 on; 100+24/2=101: every second one.
sub runs {
    my ($map) = @_;
    my (%done, @words);
    for my $from (sort { $a <=> $b } keys %$map) {
        next if $done{$from};
        my ($count, $step) = (1, 1);
        for my $try (1, 2) {
            my $length = 1;
            $length++ while defined $map->{ $from + $length * $try } && !$done{ $from + $length * $try }
                && $map->{ $from + $length * $try } == $map->{$from} + $length * $try;
            ($count, $step) = ($length, $try) if $length > $count;
        }
        $done{ $from + $_ * $step } = 1 for 0 .. $count - 1;
        push @words, sprintf('%x', $from) . ($count > 1 ? "+$count" : '') . ($step > 1 ? "/$step" : '') . sprintf('=%x', $map->{$from});
    }
    return @words;
}

say '# NFD with case folding, without ignorable characters, of Unicode 12.1: the form in which utf8-12.1 compares names.';
say '# Made by scripts/casefold-table.pl.';
say join ' ', 'ignorable', ranges(@ignorable);
say join ' ', 'class', $_, ranges(@{ $class{$_} }) for sort { $a <=> $b } keys %class;
say join ' ', 'one', runs(\%one);
say join ' ', 'many', map { sprintf '%x=%s', $_, join '.', map { sprintf '%x', $_ } @{ $many{$_} } } sort { $a <=> $b } keys %many;
