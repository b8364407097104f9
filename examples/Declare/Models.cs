#region declare
using InfluenceGen;

[LogisticModel(Features = 30)]
public partial class Tumour;
#endregion

#region record
[LinearModel]
public partial record Patient
{
    [Individual("patient")] public required string Id { get; init; }
    [Feature("age")] public double Age { get; init; }
    [Feature("bmi")] public double BodyMassIndex { get; init; }
    [Feature("bp")] public double BloodPressure { get; init; }
    [Label("progression")] public double Progression { get; init; }
}
#endregion
