namespace Diecast.ImageTypes;

/// <summary>The boards that are known, each with its image type and the least system that boots on it.</summary>
public static partial class Boards
{
    /// <summary>Every board, in the order in which they are listed.</summary>
    public static ValueList<Board> All { get; } =
    [
        Pine64, PinebookPro, Rock64, Rock4CPlus, OrangePiR1PlusLts, Novena, A20OlinuxinoLime2, Am335xEvm, Unmatched, VisionFive2,
        RaspberryPi, OrangePiPc, QemuArm64, QemuRiscv64,
    ];
}
