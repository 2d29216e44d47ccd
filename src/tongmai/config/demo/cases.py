"""What people come with in the demonstration, and what is done about it.  Clinical texts are ours and short."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Common:
    """Something that a village or a township treats itself."""

    code: str
    complaint: str
    note: str
    long_term: tuple[str, str, str] | None = None  # medicine, dose, frequency


@dataclass(frozen=True)
class Case:
    """Something that goes up: to which departments, what for, and what comes down again."""

    code: str
    departments: tuple[str, ...]  # national specialty codes, the likeliest first
    complaint: str
    reason: str
    wants: str = "clinic"  # clinic | bed | exam
    exam: str = ""  # the catalogue's kind, when an examination is wanted
    urgency: str = "routine"
    youngest: int = 18
    group: str = ""  # the down-referral's group, when it comes back with a plan
    outcome: str = "门诊完成诊治，病情明确，带方案回基层继续管理。"
    medicines: tuple[tuple[str, str, str], ...] = ()
    items: tuple[str, ...] = ()


COMMON = (
    Common("J06.900", "鼻塞、流涕、咽痛2天", "咽部充血，双肺呼吸音清。对症处理，多饮水，三日不缓解复诊。"),
    Common("J06.900", "发热、咳嗽1天", "体温37.9℃，咽红，扁桃体不大。对症处理，观察体温。"),
    Common(
        "I10.x00",
        "头晕，测血压偏高",
        "复测血压，生活方式指导，调整降压药，两周后随访。",
        ("苯磺酸氨氯地平片", "5 mg", "每日一次"),
    ),
    Common("I10.x00", "高血压规律复诊", "血压控制尚可，无不适，续用原方案。", ("缬沙坦胶囊", "80 mg", "每日一次")),
    Common(
        "E11.900",
        "2型糖尿病复诊",
        "空腹血糖偏高，饮食运动指导，续用二甲双胍。",
        ("盐酸二甲双胍片", "0.5 g", "每日三次"),
    ),
    Common("A09.900", "腹痛、稀便1天", "腹软，脐周轻压痛，无脱水。口服补液，清淡饮食。"),
    Common("M54.502", "腰痛一周，弯腰加重", "腰肌紧张，直腿抬高试验阴性。休息、理疗，避免负重。"),
    Common("K29.300", "上腹不适、反酸", "剑突下轻压痛。抑酸治疗，规律饮食，必要时胃镜。"),
    Common("L30.902", "前臂皮疹瘙痒", "散在红色丘疹，无渗出。外用药，避免搔抓。"),
    Common("N39.000", "尿频、尿痛2天", "肾区无叩痛，尿常规白细胞阳性。抗感染治疗，多饮水。"),
    Common(
        "J44.900",
        "慢阻肺随访，活动后气促",
        "桶状胸，呼吸音低。吸入药指导，戒烟，接种流感疫苗。",
        ("噻托溴铵吸入粉雾剂", "18 μg", "每日一次"),
    ),
    Common("R05.x00", "咳嗽两周，无发热", "双肺未闻及啰音。对症处理，两周不缓解拍片。"),
)

CASES = (
    Case(
        "I20.000", ("03.04",), "反复胸痛3天，加重半天", "心电图ST段压低，基层不能行肌钙蛋白动态监测和造影", "bed", urgency="urgent",
        youngest=45, group="critical_stable", outcome="行冠状动脉造影，前降支中段狭窄，植入支架一枚，胸痛未再发，生命体征平稳。",
        medicines=(("阿司匹林肠溶片", "100 mg", "每日一次"), ("替格瑞洛片", "90 mg", "每日两次"), ("阿托伐他汀钙片", "20 mg", "每晚一次")),
        items=("每周测血压、心率并记录", "四周后复查血脂、肝功能", "三个月后心内科复诊"),
    ),
    Case(
        "I63.900", ("03.03",), "左侧肢体无力、言语不清1天", "疑急性脑梗死，需头颅影像和专科治疗", "bed", urgency="urgent", youngest=50,
        group="rehabilitation", outcome="头颅磁共振示右侧基底节区急性梗死，抗血小板、调脂治疗后肌力恢复至4级，可扶行。",
        medicines=(("硫酸氢氯吡格雷片", "75 mg", "每日一次"), ("阿托伐他汀钙片", "40 mg", "每晚一次")),
        items=("肢体功能训练，每周五次", "每周测血压两次", "一个月后神经内科复诊"),
    ),
    Case("I63.801", ("03.03",), "头昏、步态不稳一周", "血压波动，需头颅磁共振明确", "exam", "mr", youngest=50),
    Case(
        "J44.100", ("03.01",), "咳嗽、咳痰、气促加重5天", "血氧饱和度88%，雾化后缓解不明显", "bed", urgency="urgent", youngest=50,
        group="acute_recovery", outcome="抗感染、平喘、氧疗后气促明显好转，未吸氧血氧饱和度95%。",
        medicines=(("布地奈德福莫特罗吸入粉雾剂", "1 吸", "每日两次"), ("噻托溴铵吸入粉雾剂", "18 μg", "每日一次")),
        items=("家庭氧疗每日不少于15小时", "吸入装置使用指导", "两周后复查血氧饱和度"),
    ),
    Case(
        "J18.900", ("03.01",), "发热、咳嗽4天，胸片示右下肺炎", "口服抗菌药三天仍发热", "bed", youngest=30, group="acute_recovery",
        outcome="静脉抗感染一周，体温正常三天，复查胸部CT炎症吸收。", medicines=(("盐酸氨溴索片", "30 mg", "每日三次"),),
        items=("两周后复查胸片",),
    ),
    Case("E11.900", ("03.07",), "血糖控制不佳一月，空腹13 mmol/L", "口服两种降糖药仍不达标，需调整方案、评估并发症", youngest=35,
         outcome="启用基础胰岛素，筛查眼底与尿微量白蛋白，交基层按方案管理。"),
    Case("I10.x00", ("03.04",), "血压180/105，三种药仍不达标", "疑难治性高血压，需排查继发性原因", youngest=35,
         outcome="排除继发性高血压，调整为三联方案，血压140/85，交基层随访。"),
    Case("I48.000", ("03.04",), "阵发心悸一月", "心电图示房颤，需评估抗凝与动态心电图", "exam", "ecg-holter", youngest=45),
    Case("I50.900", ("03.04",), "活动后气促、双下肢水肿2周", "疑心力衰竭，需心脏超声评估", "exam", "us-heart", youngest=55),
    Case(
        "S72.000", ("04.03",), "跌倒后右髋部疼痛、不能站立2小时", "X线示股骨颈骨折，需手术", "bed", urgency="urgent", youngest=60,
        group="post_operative", outcome="行人工股骨头置换术，切口甲级愈合，助行器下可行走。",
        medicines=(("利伐沙班片", "10 mg", "每日一次"), ("碳酸钙D3片", "600 mg", "每日一次")),
        items=("术后两周拆线", "防跌倒指导，助行器行走", "术后六周、三月复查X线"),
    ),
    Case("M51.202", ("04.03",), "腰痛伴右下肢放射痛一月", "保守治疗无效，需磁共振评估", "exam", "mr", youngest=25),
    Case(
        "K80.000x002", ("04.01",), "右上腹痛、发热1天", "墨菲征阳性，超声示胆囊结石，需外科处理", "bed", urgency="urgent", youngest=25,
        group="post_operative", outcome="行腹腔镜胆囊切除术，恢复顺利，引流管已拔除。", items=("术后七天拆线", "低脂饮食指导", "一月后复诊"),
    ),
    Case("N20.100", ("04.04",), "左腰部绞痛半天", "尿潜血阳性，疑输尿管结石，需CT明确", "exam", "ct", urgency="urgent", youngest=20),
    Case("K25.900x001", ("03.02",), "上腹痛反复两月，黑便一次", "需胃镜检查及病理", youngest=30,
         outcome="胃镜示胃窦溃疡，根除幽门螺杆菌方案，交基层监督服药。"),
    Case("N18.300", ("03.06",), "体检发现肌酐升高", "估算肾小球滤过率 48，需专科评估", youngest=45,
         outcome="明确为高血压肾损害，制定控压与低盐饮食方案。"),
    Case("O24.400", ("05.02",), "孕26周，糖耐量异常", "高危妊娠，需产科与营养门诊共同管理", youngest=22,
         outcome="饮食运动方案后血糖达标，纳入高危孕产妇专案管理。"),
    Case("C34.900x001", ("19", "03.01"), "胸片示右上肺结节，咳嗽一月", "需增强CT与病理", youngest=55,
         outcome="确诊肺癌，已讨论手术方案。"),
    Case("J45.900x001", ("03.01", "07"), "反复喘息、夜间加重", "需肺功能检查与吸入方案评估", youngest=6,
         outcome="支气管激发试验阳性，吸入激素方案，交基层随访。"),
    Case("J18.000", ("07",), "发热、咳嗽、气促3天", "幼儿肺炎，血氧偏低，需住院", "bed", urgency="urgent", youngest=0, group="acute_recovery",
         outcome="抗感染、雾化治疗后体温正常，肺部啰音消失。", items=("一周后复诊听诊",)),
    Case("K35.800x001", ("04.01",), "转移性右下腹痛8小时", "麦氏点压痛反跳痛，疑急性阑尾炎", "bed", urgency="emergency", youngest=8,
         group="post_operative", outcome="急诊行阑尾切除术，恢复顺利。", items=("术后七天拆线",)),
    Case("I21.900", ("03.04",), "持续胸痛1小时，大汗", "心电图示ST段抬高，启动胸痛通道", "bed", urgency="emergency", youngest=45,
         group="critical_stable", outcome="急诊介入开通血管，生命体征平稳，心功能II级。",
         medicines=(("阿司匹林肠溶片", "100 mg", "每日一次"), ("替格瑞洛片", "90 mg", "每日两次")),
         items=("心脏康复训练", "四周后心内科复诊")),
)  # fmt: skip

RETURN_REASONS = ("请补充近期心电图和用药情况", "请补充血常规、肝肾功能结果", "病史过于简单，请补充起病经过")
DECLINE_REASONS = ("该病情可在卫生院按目录继续治疗，已电话说明方案", "本院暂不开展该项检查，建议转市级医院")
WITHDRAW_REASONS = ("患者决定外出就医", "症状已缓解，患者暂不转诊")
FOLLOW_UP_NOTES = ("恢复良好，按医嘱服药", "血压平稳，无不适", "功能锻炼可坚持，步行距离增加", "偶有乏力，嘱按时服药")
