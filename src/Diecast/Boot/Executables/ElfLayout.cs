namespace Diecast.Boot;

/// <summary>Places of the fields read from ELF files (System V ABI, gABI 4.1 chapters 4 and 5).</summary>
internal static class ElfLayout
{
    internal const int IdentLength = 16;
    internal const int Class = 4;
    internal const int Class32 = 1;
    internal const int Class64 = 2;
    internal const int Data = 5;
    internal const int LittleEndian = 1;
    internal const int Type = 16;
    internal const int Machine = 18;

    internal const ushort Executable = 2;
    internal const ushort SharedObject = 3;

    internal const ushort Machine386 = 3;
    internal const ushort MachinePpc64 = 21;
    internal const ushort MachineArm = 40;
    internal const ushort MachineX8664 = 62;
    internal const ushort MachineAarch64 = 183;
    internal const ushort MachineRiscV = 243;
    internal const ushort MachineLoongArch = 258;

    internal const uint SegmentLoad = 1;
    internal const uint SegmentDynamic = 2;
    internal const uint SegmentInterpreter = 3;

    internal const long TagNull = 0;
    internal const long TagNeeded = 1;
    internal const long TagStringTable = 5;
    internal const long TagStringTableSize = 10;
    internal const long TagRpath = 15;
    internal const long TagRunpath = 29;
}
