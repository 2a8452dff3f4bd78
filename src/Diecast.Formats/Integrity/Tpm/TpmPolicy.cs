namespace Diecast.Formats.Integrity;

/// <summary>A register and the value that it must have.</summary>
internal sealed record TpmRegister(int Number, TpmHash Hash, byte[] Value);

/// <summary>Digests of policies, as a TPM's session comes to them (Part 3: Commands).</summary>
internal static class TpmPolicy
{
    private static readonly TpmHash Hash = TpmHash.Sha256;

    /// <summary>What systemd seals under: whatever a key has signed, if there is one, and then registers with these values, if any.</summary>
    /// <param name="registers">The registers, ascending, all of one bank.</param>
    /// <param name="signer">The key that signs policies, or null.</param>
    /// <param name="reference">What its signatures are told apart by.</param>
    internal static byte[] Sealing(IReadOnlyList<TpmRegister> registers, TpmPublicKey? signer, ReadOnlySpan<byte> reference)
    {
        byte[] digest = new byte[Hash.Size];
        if (signer is not null)
            digest = Hash.Of(Hash.Of(digest, new TpmWriter().Number32(TpmLayout.PolicyAuthorize).Raw(signer.Name).ToArray()), reference.ToArray());
        return registers.Count == 0 ? digest : Hash.Of(digest, Registers(registers));
    }

    /// <summary>PolicyPCR: the selection of registers, and the hash of their values.</summary>
    private static byte[] Registers(IReadOnlyList<TpmRegister> registers)
    {
        byte[] selection = new byte[TpmLayout.SelectionBytes];
        foreach (TpmRegister register in registers)
            selection[register.Number / 8] |= (byte)(1 << (register.Number % 8));
        return new TpmWriter().Number32(TpmLayout.PolicyPcr)
            .Number32(1).Number16(registers[0].Hash.Number).Byte(TpmLayout.SelectionBytes).Raw(selection)
            .Raw(Hash.Of([.. registers.Select(register => register.Value)]))
            .ToArray();
    }
}
