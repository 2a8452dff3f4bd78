namespace Diecast.Formats.Integrity;

/// <summary>Numbers of the TPM 2.0 Library Specification (Part 2: Structures).</summary>
internal static class TpmLayout
{
    internal const ushort Rsa = 0x0001;
    internal const ushort Aes = 0x0006;
    internal const ushort KeyedHash = 0x0008;
    internal const ushort Null = 0x0010;
    internal const ushort Ecc = 0x0023;
    internal const ushort Cfb = 0x0043;

    internal const ushort NistP256 = 0x0003;
    internal const ushort NistP384 = 0x0004;

    internal const uint PolicyAuthorize = 0x0000_016A;
    internal const uint PolicyPcr = 0x0000_017F;

    /// <summary>TPMA_OBJECT: whoever knows the authorization value may use it.</summary>
    internal const uint UserWithAuth = 1 << 6;

    /// <summary>TPMA_OBJECT: it decrypts.</summary>
    internal const uint Decrypt = 1 << 17;

    /// <summary>TPMA_OBJECT: it signs.</summary>
    internal const uint SignEncrypt = 1 << 18;

    /// <summary>Registers of a PC (TPM2_PCRS_MAX), and the bytes of a selection of them.</summary>
    internal const int Registers = 24;

    internal const int SelectionBytes = Registers / 8;
}
