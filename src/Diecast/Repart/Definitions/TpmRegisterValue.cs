using System.Globalization;
using Diecast.Formats.Integrity;

namespace Diecast.Repart.Definitions;

/// <summary>A register of a TPM as it is written down: its number, its bank and its value, as far as they are given.</summary>
/// <param name="Number">The register.</param>
/// <param name="Bank">The bank; null where none is named.</param>
/// <param name="Value">The value; null where none is given.</param>
internal sealed record TpmRegisterValue(int Number, string? Bank, string? Value)
{
    private const int TpmRegisters = 24;

    /// <summary>The names that systemd has for registers (systemd-cryptenroll(1)).</summary>
    private static readonly (string Name, int Number)[] Names =
    [
        ("platform-code", 0), ("platform-config", 1), ("external-code", 2), ("external-config", 3), ("boot-loader-code", 4),
        ("boot-loader-config", 5), ("host-platform", 6), ("secure-boot-policy", 7), ("kernel-initrd", 9), ("ima", 10),
        ("kernel-boot", 11), ("kernel-config", 12), ("sysexts", 13), ("shim-policy", 14), ("system-identity", 15),
        ("debug", 16), ("application-support", 23),
    ];

    /// <summary>A list as in <c>7:sha256=VALUE+kernel-boot</c>, in the order of the numbers.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static ValueList<TpmRegisterValue> Parse(string text)
    {
        TpmRegisterValue[] values = [.. text.Split(['+', ','], StringSplitOptions.RemoveEmptyEntries).Select(One).OrderBy(value => value.Number)];
        if (values.DistinctBy(value => (value.Number, value.Bank)).Count() != values.Length)
            throw new FormatException("a register is given twice");
        return values.ToValueList();
    }

    /// <summary>The registers with their values, of which none may be missing.</summary>
    /// <exception cref="FormatException">A value is missing or of another length, or there is more than one bank.</exception>
    internal static IReadOnlyList<TpmRegister> Complete(IEnumerable<TpmRegisterValue> values)
    {
        var registers = new List<TpmRegister>();
        foreach (TpmRegisterValue value in values)
        {
            TpmHash bank = TpmHash.Find(value.Bank ?? TpmHash.Sha256.Name)!;
            if (value.Value is not { } text)
                throw new FormatException(FormattableString.Invariant($"register {value.Number} has no value, which no TPM tells here; write {value.Number}:sha256=VALUE"));
            registers.Add(new TpmRegister(value.Number, bank, Convert.FromHexString(text)));
        }

        return registers.Select(register => register.Hash).Distinct().Count() <= 1 ? registers : throw new FormatException("registers of more than one bank");
    }

    private static TpmRegisterValue One(string text)
    {
        string[] parts = text.Split(':', 2);
        int number = Array.FindIndex(Names, known => known.Name == parts[0]) is >= 0 and var at ? Names[at].Number
            : int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) && parsed < TpmRegisters ? parsed
            : throw new FormatException($"{parts[0]} is no register of a TPM");
        if (parts.Length == 1)
            return new TpmRegisterValue(number, null, null);
        string[] bank = parts[1].Split('=', 2);
        TpmHash hash = TpmHash.Find(bank[0]) ?? throw new FormatException($"{bank[0]} is no bank of registers; sha1, sha256, sha384 and sha512 are");
        if (bank.Length == 1)
            return new TpmRegisterValue(number, hash.Name, null);
        string value = bank[1].StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? bank[1][2..] : bank[1];
        return value.Length == hash.Size * 2 && value.All(char.IsAsciiHexDigit)
            ? new TpmRegisterValue(number, hash.Name, value.ToLowerInvariant())
            : throw new FormatException($"the value of register {parts[0]} has no {hash.Size * 2} hexadecimal digits, as {hash.Name} has");
    }
}
