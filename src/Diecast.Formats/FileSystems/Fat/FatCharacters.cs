namespace Diecast.Formats.FileSystems.Fat;

/// <summary>One character for each byte of a code page; the lower half is ASCII.</summary>
internal sealed class FatCharacters
{
    private static readonly FatCharacters Oem437 = new(
        437,
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧"
        + "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0");

    private static readonly FatCharacters Oem850 = new(
        850,
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤"
        + "ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00AD±‗¾¶§÷¸°¨·¹³²■\u00A0");

    private readonly string _highHalf;
    private readonly Dictionary<char, byte> _bytes = [];

    private FatCharacters(int number, string highHalf)
    {
        Number = number;
        _highHalf = highHalf;
        for (int i = 0; i < highHalf.Length; i++)
            _bytes.Add(highHalf[i], (byte)(0x80 + i));
    }

    /// <summary>The code page's number, for messages.</summary>
    internal int Number { get; }

    internal static FatCharacters Of(FatCodePage page) => page == FatCodePage.Oem850 ? Oem850 : Oem437;

    internal bool Has(char character) => character < 0x80 || _bytes.ContainsKey(character);

    /// <summary>The byte of a character that the code page has.</summary>
    internal byte Encode(char character) => character < 0x80 ? (byte)character : _bytes[character];

    internal char Decode(byte value) => value < 0x80 ? (char)value : _highHalf[value - 0x80];

    /// <summary>Upper case where the code page has it, else the character as it is, as Linux' tables have it.</summary>
    internal char ToUpper(char character)
    {
        // The invariant culture leaves the dotless i alone.
        char upper = character == 'ı' ? 'I' : char.ToUpperInvariant(character);
        return Has(upper) ? upper : character;
    }

    /// <summary>Lower case where the code page has it, else the character as it is.</summary>
    internal char ToLower(char character)
    {
        char lower = char.ToLowerInvariant(character);
        return Has(lower) ? lower : character;
    }
}
