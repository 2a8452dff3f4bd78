namespace Diecast.Formats.Partitioning;

/// <summary>
/// The catalogue's data: GUIDs of the UEFI specification, the Discoverable Partitions Specification and the vendors;
/// MBR bytes as in util-linux, with 0xEA for XBOOTLDR from the Boot Loader Specification.
/// </summary>
internal static class PartitionTypeTable
{
    internal const ulong All = GptAttributes.GrowFileSystem | GptAttributes.ReadOnly | GptAttributes.NoAuto;

    internal static readonly General[] Rows =
    [
        new("esp", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", 0xEF, 0),
        new("xbootldr", "bc13c2ff-59e6-4262-a352-b275fd6f7172", 0xEA, All),
        new("bios-boot", "21686148-6449-6e6f-744e-656564454649", null, 0),
        new("linux-generic", "0fc63daf-8483-4772-8e79-3d69d8477de4", 0x83, 0),
        new("swap", "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", 0x82, GptAttributes.NoAuto),
        new("home", "933ac7e1-2eb4-4f13-b844-0e14e2aef915", 0x83, All),
        new("srv", "3b8f8425-20e0-4f3b-907f-1a25a76f98e8", 0x83, All),
        new("var", "4d21b016-b534-45c2-a9fb-5c16e091fd2d", 0x83, All),
        new("tmp", "7ec6f557-3bc5-4aca-b293-16ef5df639d1", 0x83, All),
        new("user-home", "773f91ef-66d4-49b5-bd83-d683bf40ad16", 0x83, 0),
        new("linux-raid", "a19d880f-05fc-4d3b-a006-743f0f84911e", 0xFD, 0),
        new("linux-lvm", "e6d6d379-f507-44c2-a23c-238f2a3df928", 0x8E, 0),
        new("linux-reserved", "8da63339-0007-60c0-c436-083ac8230908", null, 0),
        new("prep", "9e1a2d38-c612-4316-aa26-8b49521e5a8b", 0x41, 0),
        new("microsoft-basic", "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", 0x07, 0),
        new("microsoft-reserved", "e3c9e316-0b5c-4db8-817d-f92df00215ae", null, 0),
        new("u-boot-environment", "3de21764-95bd-54bd-a5c3-4abe786f38a8", null, 0),
        new("hifive-fsbl", "5b193300-fc78-40cd-8002-e86c45580b47", null, 0),
        new("hifive-bbl", "2e54b353-1271-4842-806f-e436d6af6985", null, 0),
        new("chromeos-kernel", "fe3a2a5d-4f32-41a7-b725-accc3285a309", null, 0),
        new("fat12", null, 0x01, 0),
        new("fat16", null, 0x0E, 0),
        new("fat32", null, 0x0C, 0),
    ];

    /// <summary>Root, usr, their verity hashes and the signatures of these, for each architecture.</summary>
    internal static readonly Architectural[] ByArchitecture =
    [
        new(
            "x86-64",
            "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
            "8484680c-9521-48c6-9c11-b0720656f69e",
            "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5",
            "77ff5f63-e7b6-4633-acf4-1565b864c0e6",
            "41092b05-9fc8-4523-994f-2def0408b176",
            "e7bb33fb-06cf-4e81-8273-e543b413e2e2"),
        new(
            "x86",
            "44479540-f297-41b2-9af7-d131d5f0458a",
            "75250d76-8cc6-458e-bd66-bd47cc81a812",
            "d13c5d3b-b5d1-422a-b29f-9454fdc89d76",
            "8f461b0d-14ee-4e81-9aa9-049b6fb97abd",
            "5996fc05-109c-48de-808b-23fa0830b676",
            "974a71c0-de41-43c3-be5d-5c5ccd1ad2c0"),
        new(
            "arm64",
            "b921b045-1df0-41c3-af44-4c6f280d3fae",
            "b0e01050-ee5f-4390-949a-9101b17104e9",
            "df3300ce-d69f-4c92-978c-9bfb0f38d820",
            "6e11a4e7-fbca-4ded-b9e9-e1a512bb664e",
            "6db69de6-29f4-4758-a7a5-962190f00ce3",
            "c23ce4ff-44bd-4b00-b2d4-b41b3419e02a"),
        new(
            "arm",
            "69dad710-2ce4-4e3c-b16c-21a1d49abed3",
            "7d0359a3-02b3-4f0a-865c-654403e70625",
            "7386cdf2-203c-47a9-a498-f2ecce45a2d6",
            "c215d751-7bcd-4649-be90-6627490a4c05",
            "42b0455f-eb11-491d-98d3-56145ba9d037",
            "d7ff812f-37d1-4902-a810-d76ba57b975a"),
        new(
            "riscv64",
            "72ec70a6-cf74-40e6-bd49-4bda08e8f224",
            "beaec34b-8442-439b-a40b-984381ed097d",
            "b6ed5582-440b-4209-b8da-5ff7c419ea3d",
            "8f1056be-9b05-47c4-81d6-be53128e5b54",
            "efe0f087-ea8d-4469-821a-4c2a96a8386a",
            "d2f9000a-7a18-453f-b5cd-4d32f77a7b32"),
        new(
            "riscv32",
            "60d5a7fe-8e7d-435c-b714-3dd8162144e1",
            "b933fb22-5c3f-4f91-af90-e2bb0fa50702",
            "ae0253be-1167-4007-ac68-43926c14c5de",
            "cb1ee4e3-8cd0-4136-a0a4-aa61a32e8730",
            "3a112a75-8729-4380-b4cf-764d79934448",
            "c3836a13-3137-45ba-b583-b16c50fe5eb4"),
        new(
            "loongarch64",
            "77055800-792c-4f94-b39a-98c91b762bb6",
            "e611c702-575c-4cbe-9a46-434fa0bf7e3f",
            "f3393b22-e9af-4613-a948-9d3bfbd0c535",
            "f46b2c26-59ae-48f0-9106-c50ed47f673d",
            "5afb67eb-ecc8-4f85-ae8e-ac1e7c50e7d0",
            "b024f315-d330-444c-8461-44bbde524e99"),
        new(
            "ppc64-le",
            "c31c45e6-3f39-412e-80fb-4809c4980599",
            "15bb03af-77e7-4d4a-b12b-c0d084f7491c",
            "906bd944-4589-4aae-a4e4-dd983917446a",
            "ee2b9983-21e8-4153-86d9-b6901a54d1ce",
            "d4a236e7-e873-4c07-bf1d-bf6cf7f1c3c6",
            "c8bfbd1e-268e-4521-8bba-bf314c399557"),
        new(
            "s390x",
            "5eead9a9-fe09-4a1e-a1d7-520d00531306",
            "8a4f5770-50aa-4ed3-874a-99b710db6fea",
            "b325bfbe-c7be-4ab8-8357-139e652d2f6b",
            "31741cc4-1a2a-4111-a581-e00b447d2d06",
            "c80187a5-73a3-491a-901a-017c3fa953e9",
            "3f324816-667b-46ae-86ee-9b0c0c6c11b4"),
        new(
            "mips-le",
            "37c58c8a-d913-4156-a25f-48b1b64e07f0",
            "0f4868e9-9952-4706-979f-3ed3a473e947",
            "d7d150d2-2a04-4a33-8f12-16651205ff7b",
            "46b98d8d-b55c-4e8f-aab3-37fca7f80752",
            "c919cc1f-4456-4eff-918c-f75e94525ca5",
            "3e23ca0b-a4bc-4b4e-8087-5ab6a26aa8a9"),
        new(
            "mips64-le",
            "700bda43-7a34-4507-b179-eeb93d7a7ca3",
            "c97c1f32-ba06-40b4-9f22-236061b08aa8",
            "16b417f8-3e06-4f57-8dd2-9b5232f41aa6",
            "3c3d61fe-b5f3-414d-bb71-8739a694a4ef",
            "904e58ef-5c65-4a31-9c57-6af5fc7c5de7",
            "f2c2c7ee-adcc-4351-b5c6-ee9816b66e16"),
    ];

    internal sealed record General(string Name, string? Guid, byte? MbrByte, ulong Attributes);

    internal sealed record Architectural(
        string Architecture, string Root, string Usr, string RootVerity, string UsrVerity, string RootVeritySignature, string UsrVeritySignature);
}
