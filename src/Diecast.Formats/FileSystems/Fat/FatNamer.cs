using System.Globalization;
using System.Text;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>
/// Gives the names of one directory their short forms as Linux does (fs/fat/namei_vfat.c, vfat_create_shortname, with
/// <c>shortname=winnt</c>: case bits where a part is of one case), with numeric tails numbered in the order of the directory. From the tenth on, where Linux takes hexadecimal digits of the
/// clock, the numbers go on.
/// </summary>
internal static class FatNamer
{
    private const int BaseLength = 8;
    private const int ExtensionLength = 3;
    private const string ShortPunctuation = "$%'-_@~`!(){}^#&";

    /// <summary>Names in directory order, no two equal but for case.</summary>
    internal static FatName[] Assign(IReadOnlyList<string> names, FatCharacters characters)
    {
        var result = new FatName[names.Count];
        var bases = new Basis[names.Count];
        var used = new HashSet<string>(StringComparer.Ordinal);
        // A name that is its own basis keeps it, so the tails have to step around it wherever it stands.
        for (int i = 0; i < names.Count; i++)
        {
            bases[i] = Basis.Of(names[i], characters);
            // Two names may differ in characters that the code page holds to be one, such as i and the dotless i.
            if (!bases[i].Lossy && !used.Add(bases[i].Key))
                bases[i] = bases[i] with { Lossy = true };
        }

        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            Basis basis = bases[i];
            if (basis.Lossy)
                basis = WithTail(basis, used, next);
            byte? bits = CaseBits(names[i], basis);
            result[i] = new FatName(basis.ToBytes(characters), bits ?? 0, bits is null ? names[i] : null);
        }

        return result;
    }

    private static Basis WithTail(Basis basis, HashSet<string> used, Dictionary<string, int> next)
    {
        for (int digits = 1; digits < BaseLength - 1; digits++)
        {
            string stem = basis.Base[..Math.Min(basis.Base.Length, BaseLength - 1 - digits)];
            string counter = string.Create(CultureInfo.InvariantCulture, $"{digits}{stem}.{basis.Extension}");
            int first = Power(digits - 1);
            int number = next.GetValueOrDefault(counter, first);
            for (int end = first * 10; number < end; number++)
            {
                var candidate = new Basis(string.Create(CultureInfo.InvariantCulture, $"{stem}~{number}"), basis.Extension, Lossy: true);
                if (!used.Add(candidate.Key))
                    continue;
                next[counter] = number + 1;
                return candidate;
            }

            next[counter] = number;
        }

        // A directory has at most 65,536 entries, far fewer than the tails of six digits.
        throw new System.Diagnostics.UnreachableException("no short name is left");
    }

    private static int Power(int exponent) => exponent == 0 ? 1 : 10 * Power(exponent - 1);

    /// <summary>The case bits that turn the short name back into the name, or null when it needs a long one.</summary>
    private static byte? CaseBits(string name, Basis basis)
    {
        // Readers differ in how they lower what is not ASCII.
        if (basis.Lossy || !Ascii.IsValid(name))
            return null;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string extension = dot < 0 ? "" : name[(dot + 1)..];
        byte bits = 0;
        if (!IsOneCase(dot < 0 ? name : name[..dot], FatLayout.LowerBase, ref bits) || !IsOneCase(extension, FatLayout.LowerExtension, ref bits))
            return null;
        return bits;
    }

    private static bool IsOneCase(string part, byte bit, ref byte bits)
    {
        bool lower = part.Any(char.IsAsciiLetterLower);
        if (lower && part.Any(char.IsAsciiLetterUpper))
            return false;
        if (lower)
            bits |= bit;
        return true;
    }

    private readonly record struct Basis(string Base, string Extension, bool Lossy)
    {
        internal string Key => $"{Base}.{Extension}";

        internal static Basis Of(string name, FatCharacters characters)
        {
            // What follows the last dot is the extension, unless nothing but dots and spaces is before it.
            int dot = name.LastIndexOf('.');
            if (dot >= 0 && name.AsSpan(0, dot).IndexOfAnyExcept('.', ' ') < 0)
                dot = -1;
            bool lossy = false;
            string stem = Map(dot < 0 ? name : name[..dot], BaseLength, characters, ref lossy);
            string extension = Map(dot < 0 ? "" : name[(dot + 1)..], ExtensionLength, characters, ref lossy);
            return new Basis(stem, extension, lossy);
        }

        internal byte[] ToBytes(FatCharacters characters)
        {
            byte[] bytes = new byte[BaseLength + ExtensionLength];
            bytes.AsSpan().Fill((byte)' ');
            for (int i = 0; i < Base.Length; i++)
                bytes[i] = characters.Encode(Base[i]);
            for (int i = 0; i < Extension.Length; i++)
                bytes[BaseLength + i] = characters.Encode(Extension[i]);
            if (bytes[0] == FatLayout.DeletedMark)
                bytes[0] = FatLayout.EscapedDeletedMark;
            return bytes;
        }

        /// <summary>
        /// Upper case without dots and spaces, with an underscore for each UTF-16 unit that a short name or the code page
        /// cannot hold.
        /// </summary>
        private static string Map(string part, int limit, FatCharacters characters, ref bool lossy)
        {
            var mapped = new StringBuilder(limit);
            for (int i = 0; i < part.Length; i++)
            {
                if (mapped.Length == limit || part[i] is '.' or ' ')
                {
                    lossy = true;
                    continue;
                }

                bool fits = char.IsAscii(part[i])
                    ? char.IsAsciiLetterOrDigit(part[i]) || ShortPunctuation.Contains(part[i], StringComparison.Ordinal)
                    : characters.Has(part[i]);
                lossy |= !fits;
                mapped.Append(fits ? characters.ToUpper(part[i]) : '_');
            }

            return mapped.ToString();
        }
    }
}
